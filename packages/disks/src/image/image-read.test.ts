import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import type { ImageReadPlan, JobReport } from "@trofie/contract";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { JobEvent } from "../disk-host.ts";
import { linuxMachine } from "../machine/linux-machine.ts";
import type { Machine } from "../machine/machine.ts";
import { LoopWorkshop, run, whyNoLoops } from "../testing/loop-device.ts";
import { MemoryDisk, systemError, type Faults } from "../testing/memory-disk.ts";
import { planOf, workContext } from "../testing/work-context.ts";
import { carryOutImageRead, makeImageReadPlan } from "./image-read.ts";
import { NewImageFile } from "./node-image-file.ts";
import { readImage } from "./read-image.ts";
import { content, ImageBench, sha256, unpacked } from "./testing/image-bench.ts";

const workshop = new LoopWorkshop();
const bench = new ImageBench(workshop.folder);
const practiceFolder = `${workshop.folder}/practice`;
mkdirSync(practiceFolder);
afterAll(() => workshop.removeAll());

const machine = linuxMachine();
const places = { practiceFolder, imagesFolder: bench.folder, needed: [], protected: [] };
const mebibyte = 1024 * 1024;
/** Random at its ends, zeros between. */
const whole = Buffer.concat([content(mebibyte + 512), Buffer.alloc(3 * mebibyte), content(mebibyte)]);
const practice = `${practiceFolder}/disk.img`;
writeFileSync(practice, whole);

beforeEach(() => {
  for (const name of readdirSync(bench.folder)) run("rm", `${bench.folder}/${name}`);
});

function plan(image: string, path = practice, on: Machine = machine): Promise<ImageReadPlan> {
  return planOf(on, places, makeImageReadPlan, { kind: "image-read", path, image });
}

interface Read {
  readonly report: JobReport;
  readonly events: JobEvent[];
}

/** Reads a disk in memory that holds `whole`. */
async function read(name: string, faults: Faults = {}, doing: Doing = {}): Promise<Read> {
  const disk = new MemoryDisk({ sizeBytes: whole.length, faults, direct: true });
  disk.bytes.set(whole);
  doing.spoil?.(disk);
  const working = workContext<"image-read">(machine, places, await plan(name));
  doing.control?.(working.stop);
  const planned = { disk, checkIdentity: async () => {}, device: { physicalSectorBytes: 512 } };
  const file = await NewImageFile.create(bench.folder, name);
  const lastWrite = async () => String(disk.counts.write);
  return {
    report: await readImage({ ...working.context, planned, file, lastWrite }),
    events: working.events,
  };
}

interface Doing {
  readonly spoil?: (disk: MemoryDisk) => unknown;
  readonly control?: (stop: () => void) => void;
}

describe.each(["new.img", "new.img.gz", "new.img.xz", "new.img.zst"])("%s", (name) => {
  test("holds every byte of the disk, was read back, and only then has its name", async () => {
    const { report, events } = await read(name, {
      before: () => {
        expect(readdirSync(bench.folder)).toEqual([`.${name}.part`]);
      },
    });
    expect(report).toMatchObject({
      outcome: "done",
      findings: { kind: "image-read", contentBytes: whole.length, sha256: sha256(whole), readBack: true },
    });
    expect(sha256(unpacked(name, bench.read(name)))).toBe(sha256(whole));
    expect(readdirSync(bench.folder)).toEqual([name]);
    expect(events.map(({ type }) => type)).toEqual(["verifying", "progress"]);
    expect(events.at(-1)).toMatchObject({ bytesDone: 2 * whole.length, bytesTotal: 2 * whole.length });
  });

  test("of a disk that ends early is none", async () => {
    const { report } = await read(name, {}, { spoil: (disk) => disk.pull("end of file") });
    expect(report).toMatchObject({ outcome: "failed", findings: null });
    expect(readdirSync(bench.folder)).toEqual([]);
  });

  test("of a disk with bad sectors is none, and the sectors are named", async () => {
    const { report } = await read(
      name,
      {},
      {
        spoil(disk) {
          disk.spoil({ offset: mebibyte + 8192, lengthBytes: 512, on: "read", code: "ENODATA" });
          disk.spoil({ offset: mebibyte + 40960, lengthBytes: 4096, on: "read", code: "ENODATA" });
        },
      },
    );
    expect(report).toMatchObject({ outcome: "failed", findings: null });
    expect(report.message).toBe(
      `Cannot read ${practice} into ${name}: 512 bytes at byte 1056768 and 4096 bytes at byte 1089536 cannot be read (ENODATA)`,
    );
    expect(readdirSync(bench.folder)).toEqual([]);
  });

  test("of a job that was stopped is none", async () => {
    let stop = () => {};
    const { report } = await read(
      name,
      { before: (_operation, offset) => (offset === 2 * mebibyte ? stop() : undefined) },
      { control: (given) => (stop = given) },
    );
    expect(report.outcome).toBe("stopped");
    expect(report.message).toMatch(/^Stopped after .+; no image was made$/);
    expect(readdirSync(bench.folder)).toEqual([]);
  });
});

test("where many sectors are bad, the rest of their block is left alone, and may be bad", async () => {
  const { report } = await read(
    "new.img",
    {},
    { spoil: (disk) => disk.spoil({ offset: mebibyte, lengthBytes: 65536, on: "read", code: "EIO" }) },
  );
  expect(report.message).toBe(
    `Cannot read ${practice} into new.img: 8192 bytes at byte 1048576 and perhaps more cannot be read (EIO)`,
  );
});

test("a raw image has holes where the disk is zero", async () => {
  await read("sparse.img");
  const { size, blocks } = statSync(`${bench.folder}/sparse.img`);
  expect(size).toBe(whole.length);
  expect(blocks * 512).toBeLessThan(whole.length - mebibyte);
});

test("an image of a disk can be read by its owner alone", async () => {
  await read("private.img");
  expect(statSync(`${bench.folder}/private.img`).mode & 0o777).toBe(0o600);
});

test("a file that does not hold what was read is no image", async () => {
  const { report } = await read("changed.img", {
    before: (_operation, offset) => {
      if (offset === 4 * mebibyte) {
        run(
          "dd",
          "if=/dev/urandom",
          `of=${bench.folder}/.changed.img.part`,
          "bs=512",
          "count=1",
          "conv=notrunc",
          "status=none",
        );
      }
    },
  });
  expect(report).toMatchObject({ outcome: "failed", findings: null });
  expect(report.message).toContain("what was read back from the image is not what was read");
  expect(readdirSync(bench.folder)).toEqual([]);
});

test("a disk that somebody writes to meanwhile gives no image", async () => {
  let disk: MemoryDisk | null = null;
  const { report } = await read(
    "torn.img",
    {
      before: async (operation, offset) => {
        if (operation === "read" && offset === 2 * mebibyte) await disk?.write([new Uint8Array(512)], 0);
      },
    },
    { spoil: (given) => (disk = given) },
  );
  expect(report).toMatchObject({ outcome: "failed", findings: null });
  expect(report.message).toContain("something was written to it meanwhile");
  expect(readdirSync(bench.folder)).toEqual([]);
});

test("an image that has come under that name meanwhile is not overwritten", async () => {
  const { report } = await read("taken.img", {
    before: () => writeFileSync(`${bench.folder}/taken.img`, "somebody's"),
  });
  expect(report.outcome).toBe("failed");
  expect(report.message).toContain("an image of that name has come meanwhile");
  expect(bench.read("taken.img").toString()).toBe("somebody's");
  expect(readdirSync(bench.folder)).toEqual(["taken.img"]);
});

test("a read that fails and then goes well leaves no sector to be named, and still no image", async () => {
  let failures = 0;
  const { report } = await read("moody.img", {
    before: (_operation, offset) => {
      if (offset === 2 * mebibyte && failures++ === 0) throw systemError("EIO");
    },
  });
  expect(report).toMatchObject({ outcome: "failed", message: "Cannot read the disk at byte 2097152: EIO" });
  expect(readdirSync(bench.folder)).toEqual([]);
});

describe("a plan", () => {
  test("says what will be read, and asks for no word", async () => {
    expect(await plan("new.img.zst")).toMatchObject({
      kind: "image-read",
      path: practice,
      name: "new.img.zst",
      format: "zst",
      bytesTotal: 2 * whole.length,
      confirm: null,
    });
  });

  test.each([
    ["there.img", "IMAGE_EXISTS", "an image of that name is there already"],
    ["dangling.img", "IMAGE_EXISTS", "an image of that name is there already"],
    ["../out.img", "IMAGE_UNUSABLE", "that is no name for an image"],
    [".hidden.img", "IMAGE_UNUSABLE", "that is no name for an image"],
  ])("of %s is refused", async (name, code, state) => {
    bench.put("there.img", whole);
    run("ln", "--symbolic", "/nowhere", `${bench.folder}/dangling.img`);
    await expect(plan(name)).rejects.toMatchObject({ code, message: expect.stringContaining(state) });
  });

  test("is refused where the folder of images cannot be written to", async () => {
    const locked = { ...machine, mayWrite: async (path: string) => path !== bench.folder };
    await expect(plan("new.img", practice, locked)).rejects.toMatchObject({ code: "IMAGE_UNUSABLE" });
  });
});

describe("carried out", () => {
  test("what an earlier job that crashed has left is removed", async () => {
    writeFileSync(`${bench.folder}/.new.img.part`, "half of something");
    const report = await carryOutImageRead(workContext(machine, places, await plan("new.img")).context);
    expect(report.outcome).toBe("done");
    expect(sha256(bench.read("new.img"))).toBe(sha256(whole));
  });

  test("an image that another job is still writing is left alone", async () => {
    const other = withWriter(machine, `${bench.folder}/.new.img.part`);
    writeFileSync(`${bench.folder}/.new.img.part`, "half of something");
    const { context } = workContext(other, places, await plan("new.img"));
    await expect(carryOutImageRead(context)).rejects.toMatchObject({ code: "IMAGE_EXISTS" });
    expect(existsSync(`${bench.folder}/.new.img.part`)).toBe(true);
  });

  test("an image that was made since the plan is not overwritten", async () => {
    const planned = await plan("late.img");
    bench.put("late.img", Buffer.from("somebody's"));
    await expect(carryOutImageRead(workContext(machine, places, planned).context)).rejects.toMatchObject({
      code: "IMAGE_EXISTS",
    });
    expect(bench.read("late.img").toString()).toBe("somebody's");
  });
});

/** The machine with a process 99999 that has the partial image open for writing. */
function withWriter(real: Machine, path: string): Machine {
  const folder = "/proc/99999";
  return {
    ...real,
    async list(of) {
      if (of === "/proc") return ["99999"];
      return of === `${folder}/fd` ? ["3"] : real.list(of);
    },
    readLink: async (link) => (link === `${folder}/fd/3` ? path : real.readLink(link)),
    readText: async (of) => (of === `${folder}/fdinfo/3` ? "flags: 0100001" : real.readText(of)),
  };
}

const noLoops = whyNoLoops();
describe.skipIf(noLoops !== null)(`on loop devices${noLoops === null ? "" : ` (${noLoops})`}`, () => {
  test.each([
    ["512", "loop.img"],
    ["4096", "loop.img.zst"],
  ])("with sectors of %s bytes a read-only device is read into %s", async (sector, name) => {
    const backing = workshop.makeFile(5 * mebibyte);
    writeFileSync(backing, content(5 * mebibyte));
    const device = workshop.attach(backing, "--read-only", "--direct-io=on", "--sector-size", sector);
    const { context } = workContext(machine, places, await plan(name, device));
    const report = await carryOutImageRead(context);
    expect(report).toMatchObject({ outcome: "done", findings: { sha256: sha256(content(5 * mebibyte)) } });
    expect(sha256(unpacked(name, bench.read(name)))).toBe(sha256(content(5 * mebibyte)));
  });

  test.each(["full.img", "full.img.zst"])(
    "a full folder of images fails the job, and nothing is left of %s",
    async (name) => {
      const folder = `${workshop.folder}/small-${name}`;
      mkdirSync(folder);
      workshop.mount("none", folder, "--types", "tmpfs", "--options", "size=2m");
      const backing = workshop.makeFile(5 * mebibyte);
      writeFileSync(backing, content(5 * mebibyte));
      const device = workshop.attach(backing, "--read-only");
      const small = { ...places, imagesFolder: folder };
      const planned = await planOf(machine, small, makeImageReadPlan, {
        kind: "image-read",
        path: device,
        image: name,
      });
      const report = await carryOutImageRead(workContext(machine, small, planned).context);
      expect(report).toMatchObject({
        outcome: "failed",
        message: `Cannot read ${device} into ${name}: the disk of the folder of images is full`,
      });
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
