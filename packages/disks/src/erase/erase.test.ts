import { expect, test } from "vitest";
import { Refusal } from "@trofie/commands";
import type { JobReport } from "@trofie/contract";
import { erase } from "./erase.ts";
import type { JobEvent } from "../disk-host.ts";
import { blockBytes } from "./sweep.ts";
import { MemoryDisk, systemError, type Faults } from "../testing/memory-disk.ts";

const oddSizeBytes = 9 * blockBytes + 512;

interface Run {
  readonly disk: MemoryDisk;
  readonly report: JobReport;
  readonly events: JobEvent[];
}

/** Erases a disk full of 0xBE with zeros and gives back all that came of it. */
async function eraseInMemory({
  faults = {},
  direct = true,
  signal = new AbortController().signal,
  checkIdentity = async () => {},
  bytes = new Uint8Array(oddSizeBytes).fill(0xbe),
}: {
  faults?: Faults;
  direct?: boolean;
  signal?: AbortSignal;
  checkIdentity?: () => Promise<void>;
  bytes?: Uint8Array;
} = {}): Promise<Run> {
  const disk = new MemoryDisk(bytes, faults, direct);
  const events: JobEvent[] = [];
  const passes = [{ patternHex: "00", verified: true }];
  let nowMs = 0;
  const report = await erase({
    disk,
    plan: { passes, bytesTotal: 2 * disk.sizeBytes },
    signal,
    checkIdentity,
    clock: { nowMs: () => (nowMs += 1), every: () => () => {} },
    onEvent: (event) => events.push(event),
  });
  return { disk, report, events };
}

test("an erased disk is zero in every byte, and the report says what was read back", async () => {
  const { disk, report } = await eraseInMemory();
  expect(disk.bytes.every((byte) => byte === 0)).toBe(true);
  expect(report).toMatchObject({
    outcome: "erased",
    directIo: true,
    passes: [
      { sweep: "write", patternHex: "00", bytesDone: oddSizeBytes },
      { sweep: "verify", patternHex: "00", bytesDone: oddSizeBytes },
    ],
    verification: { bytesRead: oddSizeBytes, mismatchedBytes: 0, unreadableBytes: 0, evidence: true },
  });
});

test("a job says when it verifies, and ends its progress with every byte done", async () => {
  const { events } = await eraseInMemory();
  expect(events.map(({ type }) => type)).toEqual(["verifying", "progress"]);
  expect(events.at(-1)).toMatchObject({
    sweep: "verify",
    patternHex: "00",
    bytesDone: 2 * oddSizeBytes,
    bytesTotal: 2 * oddSizeBytes,
  });
});

test("one byte that changed between writing and verifying is found", async () => {
  const bytes = new Uint8Array(oddSizeBytes).fill(0xbe);
  const { report } = await eraseInMemory({
    bytes,
    checkIdentity: async () => {
      bytes[5_000_001] = 1;
    },
  });
  expect(report.outcome).toBe("failed");
  expect(report.message).toBe("Cannot confirm the erase: of 9437696 bytes 1 differ and 0 cannot be read");
});

test("a disk that acknowledges writes and does not do them is found", async () => {
  const { report } = await eraseInMemory({ faults: { lies: (offset) => offset === 3 * blockBytes } });
  expect(report).toMatchObject({ outcome: "failed", verification: { mismatchedBytes: blockBytes } });
});

test("a sector that cannot be read back is unreadable, not different, and the rest is still verified", async () => {
  const { report } = await eraseInMemory({
    faults: {
      before: (operation, offset) => {
        if (operation === "read" && offset === 2 * blockBytes) throw systemError("ENODATA");
      },
    },
  });
  expect(report).toMatchObject({
    outcome: "failed",
    verification: { mismatchedBytes: 0, unreadableBytes: blockBytes, bytesRead: oddSizeBytes - blockBytes },
  });
});

test("a disk that is pulled and answers reads with end of file is not erased", async () => {
  const bytes = new Uint8Array(oddSizeBytes).fill(0xbe);
  const faults: Faults = {};
  const { report } = await eraseInMemory({
    bytes,
    faults,
    checkIdentity: async () => {
      faults.mostBytes = 0;
    },
  });
  expect(report).toMatchObject({
    outcome: "failed",
    verification: { bytesRead: 0, unreadableBytes: oddSizeBytes },
  });
});

test("short reads and short writes are gone on with until all is done", async () => {
  const { report } = await eraseInMemory({ faults: { mostBytes: 300_000 } });
  expect(report.outcome).toBe("erased");
});

test("a write that fails ends the job with the byte and the kernel's word", async () => {
  const { report } = await eraseInMemory({
    faults: {
      before: (operation, offset) => {
        if (operation === "write" && offset >= 6 * blockBytes) throw systemError("EIO");
      },
    },
  });
  expect(report).toMatchObject({
    outcome: "failed",
    message: "Cannot write the disk at byte 6291456: EIO",
    passes: [{ sweep: "write" }],
    verification: null,
  });
});

test("a write that moves no bytes is a failure, never success", async () => {
  const { report } = await eraseInMemory({ faults: { mostBytes: 0 } });
  expect(report.message).toBe("Cannot write the disk at byte 0: it takes no more bytes");
});

test("the first failed flush is final: the disk is never asked again", async () => {
  let flushes = 0;
  const { report } = await eraseInMemory({
    faults: {
      before: (operation) => {
        if (operation === "flush" && ++flushes === 1) throw systemError("EIO");
      },
    },
  });
  expect(report).toMatchObject({
    outcome: "failed",
    message: "Cannot flush the disk: EIO",
    verification: null,
  });
  expect(flushes).toBe(1);
});

test("a disk that is another one before the verification ends the job", async () => {
  const { report } = await eraseInMemory({
    checkIdentity: async () => {
      throw new Refusal("IDENTITY_CHANGED", "Cannot go on with /dev/sdb: it is gone");
    },
  });
  expect(report).toMatchObject({ outcome: "failed", message: "Cannot go on with /dev/sdb: it is gone" });
});

test("stopping in the middle leaves the rest of the disk untouched", async () => {
  const stopping = new AbortController();
  const { disk, report } = await eraseInMemory({
    signal: stopping.signal,
    faults: { before: (_operation, offset) => (offset === 2 * blockBytes ? stopping.abort() : undefined) },
  });
  expect(report.outcome).toBe("stopped");
  expect(report.message).toMatch(/^Stopped after [\d.]+ \w+ of 18\.9 MB$/);
  expect(disk.bytes.subarray(8 * blockBytes).every((byte) => byte === 0xbe)).toBe(true);
});

test("stopping during the verification is not an erase", async () => {
  const stopping = new AbortController();
  const { report } = await eraseInMemory({
    signal: stopping.signal,
    faults: { before: (operation) => (operation === "read" ? stopping.abort() : undefined) },
  });
  expect(report.outcome).toBe("stopped");
});

test("through the page cache a disk is written one block at a time, flushed on the way, and gives no evidence", async () => {
  let inFlight = 0;
  let flushes = 0;
  const { report } = await eraseInMemory({
    direct: false,
    bytes: new Uint8Array(130 * blockBytes),
    faults: {
      before: async (operation) => {
        if (operation === "flush") flushes++;
        inFlight++;
        expect(inFlight).toBe(1);
        await new Promise(setImmediate);
        inFlight--;
      },
    },
  });
  expect(report).toMatchObject({ outcome: "erased", directIo: false, verification: { evidence: false } });
  expect(report.message).toContain("no evidence");
  expect(flushes).toBe(2);
});
