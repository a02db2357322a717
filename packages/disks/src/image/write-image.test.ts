import { appendFileSync } from "node:fs";
import { Refusal } from "@trofie/commands/errors";
import type { ImageWritePlan, JobReport } from "@trofie/contract";
import { afterAll, describe, expect, test } from "vitest";
import type { JobEvent } from "../disk-host.ts";
import { linuxMachine } from "../machine/linux-machine.ts";
import { LoopWorkshop } from "../testing/loop-device.ts";
import { MemoryDisk, systemError, type Faults } from "../testing/memory-disk.ts";
import { workContext } from "../testing/work-context.ts";
import { contentBytesOf, openImage } from "./open-image.ts";
import { content, ImageBench, packed, sha256 } from "./testing/image-bench.ts";
import { writeImage } from "./write-image.ts";

const workshop = new LoopWorkshop();
const bench = new ImageBench(workshop.folder);
afterAll(() => workshop.removeAll());

const machine = linuxMachine();
const places = { practiceFolder: null, imagesFolder: bench.folder, needed: [], protected: [] };
const mebibyte = 1024 * 1024;
/** Five blocks and a piece of a sector. */
const odd = content(5 * mebibyte + 1234);

interface Written {
  readonly disk: MemoryDisk;
  readonly report: JobReport;
  readonly events: JobEvent[];
}

interface Doing {
  readonly sizeBytes?: number;
  readonly faults?: Faults;
  readonly direct?: boolean;
  readonly sha256?: string;
  readonly checkIdentity?: (disk: MemoryDisk) => Promise<void>;
  /** Called with what stops and pauses the job, before it begins. */
  readonly control?: (bench: ReturnType<typeof workContext<"image-write">>) => void;
}

/** Writes an image of the bench to a disk full of 0xBE. */
async function write(name: string, doing: Doing = {}): Promise<Written> {
  const { sizeBytes = 8 * mebibyte, faults = {}, direct = true } = doing;
  const disk = new MemoryDisk({ sizeBytes, byte: 0xbe, faults, direct });
  const opened = await openImage(machine, bench.folder, name, "/dev/sdb");
  try {
    const contentBytes = await contentBytesOf(machine, opened, "/dev/sdb");
    const plan = planFor(opened.image, contentBytes, doing.sha256 ?? null);
    const working = workContext<"image-write">(machine, places, plan);
    doing.control?.(working);
    const checkIdentity = async () => doing.checkIdentity?.(disk);
    const planned = { disk, checkIdentity };
    const report = await writeImage({ ...working.context, opened, planned });
    return { disk, report, events: working.events };
  } finally {
    await opened.file.close();
  }
}

function planFor(
  image: ImageWritePlan["image"],
  contentBytes: number | null,
  wanted: string | null,
): ImageWritePlan {
  return {
    kind: "image-write",
    bootId: "boot",
    path: "/dev/sdb",
    identity: {
      kind: "disk",
      serial: "S1",
      wwn: null,
      model: null,
      sizeBytes: 1,
      busPath: null,
      backing: null,
      diskseq: null,
    },
    bytesTotal: contentBytes === null ? 0 : 2 * contentBytes,
    estimatedMs: 0,
    holds: [],
    warnings: [],
    confirm: { word: "S1", what: "its serial number" },
    image,
    contentBytes,
    grow: false,
    sha256: wanted,
  };
}

test("a packed image of much air is not said to be nearly done as soon as its file was read", async () => {
  bench.pack("air.img.gz", Buffer.alloc(64 * mebibyte));
  const { events } = await write("air.img.gz", { sizeBytes: 48 * mebibyte });
  const last = events.at(-1)!;
  if (last.type !== "progress") throw new Error("its last event is no progress");
  expect(last).toMatchObject({ step: "Writing air.img.gz" });
  expect(last.bytesDone / last.bytesTotal).toBeLessThanOrEqual(0.5);
});

describe.each(["odd.img", "odd.img.gz", "odd.img.xz", "odd.img.zst"])("%s", (name) => {
  bench.pack(name, odd);

  test("every byte of its content is on the disk, zeros to the end of the sector, and nothing is touched behind", async () => {
    const { disk, report } = await write(name);
    expect(report).toMatchObject({
      outcome: "done",
      message: "Every byte was written, and read back as written",
      findings: { contentBytes: odd.length, sha256: sha256(odd), readBack: true, grown: null },
    });
    const end = 5 * mebibyte + 4096;
    expect(Buffer.compare(disk.bytes.subarray(0, odd.length), odd)).toBe(0);
    expect(disk.bytes.subarray(odd.length, end).every((byte) => byte === 0)).toBe(true);
    expect(disk.bytes.subarray(end).every((byte) => byte === 0xbe)).toBe(true);
  });

  test("its progress ends with every byte written and read back", async () => {
    const { events } = await write(name);
    expect(events.map(({ type }) => type)).toEqual(["verifying", "progress"]);
    expect(events.at(-1)).toMatchObject({
      step: "Reading back",
      stepNumber: 2,
      stepCount: 2,
      bytesDone: 2 * odd.length,
      bytesTotal: 2 * odd.length,
    });
  });

  test("a disk that is as large as its content takes it", async () => {
    const exact = name.replace("odd", "exact");
    bench.pack(exact, odd.subarray(0, 3 * mebibyte + 512));
    expect((await write(exact, { sizeBytes: 3 * mebibyte + 512 })).report.outcome).toBe("done");
  });

  test("a disk that is too small gets no byte past its end, and the job fails", async () => {
    const { report } = await write(name, { sizeBytes: 4 * mebibyte });
    expect(report).toMatchObject({ outcome: "failed", findings: null });
    expect(report.message).toBe(
      `Cannot write ${name} to /dev/sdb: its content is larger than the device's 4194304 bytes`,
    );
  });

  test("a disk that lies about writing is found", async () => {
    const { report } = await write(name, { faults: { lies: (offset) => offset === 3 * mebibyte } });
    expect(report).toMatchObject({
      outcome: "failed",
      findings: { readBack: false, sha256: sha256(odd) },
    });
    expect(report.message).toContain("what was read back from the device is not what was written");
  });
});

describe.each(["odd.img.gz", "odd.img.xz", "odd.img.zst"])("%s", (name) => {
  const whole = packed(name, odd);

  test("an archive that was cut off never ends done", async () => {
    const truncated = name.replace("odd", "truncated");
    bench.put(truncated, whole.subarray(0, whole.length - 9));
    if (name.endsWith(".xz"))
      await expect(write(truncated)).rejects.toMatchObject({ code: "IMAGE_UNUSABLE" });
    else {
      const { report } = await write(truncated);
      expect(report.outcome).toBe("failed");
      expect(report.message).toMatch(
        /^Cannot write truncated\.img\.\w+ to \/dev\/sdb: \w+: .*(unexpected end|premature end)/i,
      );
    }
  });

  test("an archive in which one bit has changed never ends done", async () => {
    const corrupt = name.replace("odd", "corrupt");
    const bytes = Buffer.from(whole);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    bench.put(corrupt, bytes);
    const { report } = await write(corrupt);
    expect(report.outcome).toBe("failed");
    expect(report.message).toMatch(/^Cannot write corrupt\.img\.\w+ to \/dev\/sdb: (gzip|xz|zstd): /);
  });

  test("what follows the archive is a failure, never left away in silence", async () => {
    const garbled = name.replace("odd", "garbled");
    bench.put(garbled, Buffer.concat([whole, Buffer.from("and more that is no archive")]));
    const outcome = await write(garbled).then(
      ({ report }) => report.outcome,
      (error: unknown) => (error as Refusal).code,
    );
    expect(["failed", "IMAGE_UNUSABLE"]).toContain(outcome);
  });

  test("an archive of two parts is written whole", async () => {
    const two = name.replace("odd", "two");
    const rest = content(2 * mebibyte, 7);
    bench.put(two, Buffer.concat([whole, packed(name, rest)]));
    const { report } = await write(two);
    expect(report).toMatchObject({
      outcome: "done",
      findings: { sha256: sha256(Buffer.concat([odd, rest])) },
    });
  });
});

test("the hash that was asked for is compared", async () => {
  expect((await write("odd.img.zst", { sha256: sha256(odd) })).report.outcome).toBe("done");
  const { report } = await write("odd.img.zst", { sha256: "0".repeat(64) });
  expect(report).toMatchObject({ outcome: "failed", findings: { readBack: false } });
  expect(report.message).toContain(
    `its content hashes to ${sha256(odd)}, and ${"0".repeat(64)} was asked for`,
  );
});

test("an image that is written to while it is read ends the job", async () => {
  const path = bench.put("growing.img", odd);
  const { report } = await write("growing.img", {
    faults: {
      before: (operation, offset) => {
        if (operation === "write" && offset === 2 * mebibyte) appendFileSync(path, "more");
      },
    },
  });
  expect(report).toMatchObject({ outcome: "failed", findings: null });
  expect(report.message).toContain("the image was changed while it was read");
});

test("a write that fails ends the job with the byte and the kernel's word", async () => {
  const { report } = await write("odd.img.xz", {
    faults: {
      before: (operation, offset) => {
        if (operation === "write" && offset >= 3 * mebibyte) throw systemError("EIO");
      },
    },
  });
  expect(report).toMatchObject({ outcome: "failed", message: "Cannot write the disk at byte 3145728: EIO" });
});

test("a disk that is pulled and answers reads with end of file is not read back", async () => {
  const faults: Faults = {};
  const { report } = await write("odd.img", {
    faults,
    checkIdentity: async () => {
      faults.mostBytes = 0;
    },
  });
  expect(report).toMatchObject({ outcome: "failed", findings: { readBack: false } });
  expect(report.message).toBe("Cannot read the disk at byte 0: it ends there");
});

test("the first failed flush is final", async () => {
  const { report } = await write("odd.img", {
    faults: {
      before: (operation) => {
        if (operation === "flush") throw systemError("EIO");
      },
    },
  });
  expect(report).toMatchObject({ outcome: "failed", message: "Cannot flush the disk: EIO", findings: null });
});

test("a disk that is another one before it is read back ends the job", async () => {
  const { report } = await write("odd.img", {
    checkIdentity: async () => {
      throw new Refusal("IDENTITY_CHANGED", "Cannot go on with /dev/sdb: it is gone");
    },
  });
  expect(report).toMatchObject({ outcome: "failed", message: "Cannot go on with /dev/sdb: it is gone" });
});

test("short reads and short writes are gone on with until all is done", async () => {
  expect((await write("odd.img.gz", { faults: { mostBytes: 300_000 } })).report.outcome).toBe("done");
});

test("through the page cache it is written and read back, and that is no evidence", async () => {
  const { report } = await write("odd.img", { direct: false });
  expect(report).toMatchObject({ outcome: "done", findings: { readBack: false } });
  expect(report.message).toContain("no evidence");
});

test.each(["write", "read"] as const)("a job that is told to stop at a %s ends stopped", async (when) => {
  let stop = () => {};
  const { disk, report } = await write("odd.img.gz", {
    control: (working) => (stop = working.stop),
    faults: {
      before: (operation, offset) => {
        if (operation === when && offset === 0) stop();
      },
    },
  });
  expect(report.outcome).toBe("stopped");
  if (when === "write") expect(disk.bytes.subarray(5 * mebibyte).every((byte) => byte === 0xbe)).toBe(true);
});

test("a paused job begins no block, says that it rests when nothing is in flight, and goes on to the end", async () => {
  let inFlight = 0;
  const { report, events } = await write("odd.img.zst", {
    control: ({ gate, context }) => {
      gate.pause();
      const tell = context.tell;
      Object.assign(context, {
        tell(event: JobEvent) {
          tell(event);
          if (event.type !== "paused") return;
          expect(inFlight).toBe(0);
          gate.resume();
        },
      });
    },
    faults: {
      before: async () => {
        inFlight++;
        await new Promise(setImmediate);
        inFlight--;
      },
    },
  });
  expect(report.outcome).toBe("done");
  expect(events.slice(0, 2).map(({ type }) => type)).toEqual(["paused", "resumed"]);
});

test("no more than four blocks are in flight", async () => {
  let inFlight = 0;
  let most = 0;
  await write("odd.img", {
    faults: {
      before: async () => {
        most = Math.max(most, ++inFlight);
        await new Promise(setImmediate);
        inFlight--;
      },
    },
  });
  expect(most).toBeGreaterThanOrEqual(2);
  expect(most).toBeLessThanOrEqual(4);
});
