import { expect, test } from "vitest";
import type { EraseFindings, EraseWork, JobReport, VerificationReport } from "@trofie/contract";
import { MemoryDisk, systemError, type MemoryDiskOptions } from "../testing/memory-disk.ts";
import { Workbench, type WorkbenchOptions } from "../testing/workbench.ts";
import { blockBytes } from "./streams/block-maker.ts";

const oddSizeBytes = 9 * blockBytes + 512;

/** A disk full of 0xBE, and a bench for it. */
function benchWith(
  disk: Partial<MemoryDiskOptions> = {},
  bench: Omit<WorkbenchOptions, "disk"> = {},
): Workbench {
  return new Workbench({ disk: new MemoryDisk({ sizeBytes: oddSizeBytes, byte: 0xbe, ...disk }), ...bench });
}

async function eraseOn(bench: Workbench, work: Partial<EraseWork> = {}): Promise<JobReport> {
  return bench.erase(await bench.plan(work));
}

function findingsOf({ findings }: JobReport): EraseFindings {
  if (findings?.kind !== "erase") throw new Error("No findings of an erase");
  return findings;
}

function verificationOf(report: JobReport): VerificationReport {
  const pass = findingsOf(report).passes.at(-1);
  if (pass?.kind !== "overwrite" || pass.verification === null) throw new Error("Nothing was verified");
  return pass.verification;
}

test("an erased disk is zero in every byte, and the report says what was read back", async () => {
  const bench = benchWith();
  const report = await eraseOn(bench);
  expect(bench.disk.medium.every((byte) => byte === 0)).toBe(true);
  expect(report).toMatchObject({
    outcome: "erased",
    message: "Every addressable byte was written, and read back as written",
    findings: {
      directIo: true,
      passes: [
        {
          kind: "overwrite",
          fill: { kind: "pattern", hex: "00" },
          bytesWritten: oddSizeBytes,
          verification: {
            kind: "full",
            bytesRead: oddSizeBytes,
            mismatchedBytes: 0,
            unreadableBytes: 0,
            evidence: true,
          },
        },
      ],
      faulty: [],
      faultyBytes: 0,
      resumptions: [],
    },
  });
});

test("the report repeats what the plan warned of, for whoever sees only that", async () => {
  const bench = benchWith();
  const plan = await bench.plan();
  const warnings = ["It has a host protected area (HPA): that part of the medium is not erased"];
  const { findings } = await bench.erase({ ...plan, warnings });
  expect(findings).toMatchObject({ warnings });
});

test("a job says when it verifies, and ends its progress with every byte done", async () => {
  const bench = benchWith();
  await eraseOn(bench);
  expect(bench.words).toEqual(["verifying"]);
  expect(bench.events.at(-1)).toMatchObject({
    type: "progress",
    step: "Verifying 00",
    stepNumber: 2,
    stepCount: 2,
    bytesDone: 2 * oddSizeBytes,
    bytesTotal: 2 * oddSizeBytes,
    faultyBytes: 0,
  });
});

test("a method of several passes writes them in order, and leaves what the last one wrote", async () => {
  const bench = benchWith();
  const report = await eraseOn(bench, { method: "dod-e", blank: true, verify: "all" });
  const { passes } = findingsOf(report);
  expect(report.outcome).toBe("erased");
  expect(passes.map((pass) => pass.kind === "overwrite" && pass.fill)).toEqual([
    { kind: "pattern", hex: "00" },
    { kind: "pattern", hex: "ff" },
    { kind: "random", stream: "chacha8", keyHex: expect.any(String) },
    { kind: "pattern", hex: "00" },
  ]);
  expect(bench.words).toEqual([
    "verifying",
    "writing",
    "verifying",
    "writing",
    "verifying",
    "writing",
    "verifying",
  ]);
  expect(bench.disk.medium.every((byte) => byte === 0)).toBe(true);
});

test.each(["chacha8", "chacha20", "aes-256-ctr"] as const)(
  "a random pass of %s is verified",
  async (stream) => {
    const bench = benchWith({ sizeBytes: 2 * blockBytes + 512 });
    const report = await eraseOn(bench, { method: "random", stream });
    expect(report.outcome).toBe("erased");
    expect(new Set(bench.disk.medium.subarray(0, 4096)).size).toBeGreaterThan(200);
  },
);

test("one byte that changed between writing and verifying is found", async () => {
  const bench = benchWith(
    {},
    { onEvent: ({ type }) => void (type === "verifying" && (bench.disk.bytes[5_000_001] = 1)) },
  );
  const report = await eraseOn(bench);
  expect(report).toMatchObject({
    outcome: "failed",
    message: "Cannot confirm the erase: of 9,437,696 bytes 1 differ and 0 cannot be read",
    findings: { faulty: [{ offset: 4_999_680, lengthBytes: 512, fault: "mismatch", exact: true }] },
  });
});

test("after a mismatch no further pass is begun", async () => {
  const bench = benchWith({ faults: { lies: (offset) => offset === 0 } });
  const report = await eraseOn(bench, { method: "schneier", verify: "all" });
  expect(report.outcome).toBe("failed");
  expect(findingsOf(report).passes).toHaveLength(1);
});

test("a disk that acknowledges writes and does not do them is found", async () => {
  const report = await eraseOn(benchWith({ faults: { lies: (offset) => offset === 3 * blockBytes } }));
  expect(report).toMatchObject({
    outcome: "failed",
    findings: {
      faulty: [{ offset: 3 * blockBytes, lengthBytes: blockBytes, fault: "mismatch", exact: true }],
    },
  });
  expect(verificationOf(report).mismatchedBytes).toBe(blockBytes);
});

test("short reads and short writes are gone on with until all is done", async () => {
  const report = await eraseOn(benchWith({ faults: { mostBytes: 300_000 } }));
  expect(report.outcome).toBe("erased");
});

test("a disk that may not be written ends the job with the byte and the kernel's word", async () => {
  const bench = benchWith({
    faults: {
      before: (operation, offset) => {
        if (operation === "write" && offset >= 6 * blockBytes) throw systemError("EPERM");
      },
    },
  });
  const report = await eraseOn(bench);
  expect(report).toMatchObject({
    outcome: "failed",
    message: "Cannot write the disk at byte 6291456: EPERM",
    findings: { passes: [] },
  });
});

test("a disk that takes no byte at all is not erased", async () => {
  const report = await eraseOn(benchWith({ sizeBytes: 65_536, faults: { mostBytes: 0 } }));
  expect(report).toMatchObject({
    outcome: "failed",
    message: "Cannot confirm the erase: no byte of it could be written and read back",
    findings: { faulty: [{ offset: 0, lengthBytes: 65_536, fault: "write", exact: true }] },
  });
});

test("the first failed flush is final: the disk is never asked again", async () => {
  const bench = benchWith({
    faults: {
      before: (operation) => {
        if (operation === "flush" && bench.disk.counts.flush === 1) throw systemError("EIO");
      },
    },
  });
  const report = await eraseOn(bench);
  expect(report).toMatchObject({ outcome: "failed", message: "Cannot flush the disk: EIO" });
  expect(bench.disk.counts).toMatchObject({ flush: 1, read: 0 });
});

test("stopping in the middle leaves the rest of the disk untouched", async () => {
  const bench = benchWith({
    faults: {
      before: (_operation, offset) => (offset === 2 * blockBytes ? bench.stopping.abort() : undefined),
    },
  });
  const report = await eraseOn(bench);
  expect(report.outcome).toBe("stopped");
  expect(report.message).toMatch(/^Stopped after [\d.]+ \w+ of 18\.9 MB$/);
  expect(bench.disk.bytes.subarray(8 * blockBytes).every((byte) => byte === 0xbe)).toBe(true);
});

test("stopping during the verification is not an erase", async () => {
  const bench = benchWith({
    faults: { before: (operation) => (operation === "read" ? bench.stopping.abort() : undefined) },
  });
  expect((await eraseOn(bench)).outcome).toBe("stopped");
});

test("through the page cache a disk is written one block at a time, flushed on the way, and gives no evidence", async () => {
  let inFlight = 0;
  const bench = benchWith({
    direct: false,
    sizeBytes: 130 * blockBytes,
    hasCache: false,
    faults: {
      before: async () => {
        inFlight++;
        expect(inFlight).toBe(1);
        await Promise.resolve();
        inFlight--;
      },
    },
  });
  const report = await eraseOn(bench);
  expect(report).toMatchObject({ outcome: "erased", findings: { directIo: false } });
  expect(verificationOf(report).evidence).toBe(false);
  expect(report.message).toContain("no evidence");
  expect(bench.disk.counts.flush).toBe(2);
});

test("a disk that does not answer is told as stalled, and as answering when it does", async () => {
  const bench = benchWith({}, { onEvent: ({ type }) => type === "stalled" && bench.disk.answer() });
  bench.disk.hang();
  const report = await eraseOn(bench);
  expect(report.outcome).toBe("erased");
  expect(bench.events.find(({ type }) => type === "stalled")).toEqual({
    type: "stalled",
    message: "The disk has not answered for 20 s",
  });
  expect(bench.words.filter((word) => word !== "verifying")).toEqual(["stalled", "answering"]);
});

test("a disk whose opening hangs is told as stalled too", async () => {
  const bench = benchWith();
  const opened = Promise.withResolvers<void>();
  bench.machine.open = async () => {
    await opened.promise;
    return bench.disk;
  };
  const report = bench.begin(await bench.plan());
  void bench.clock.wait(25_000).then(() => opened.resolve());
  expect((await bench.clock.run(report)).outcome).toBe("erased");
  expect(bench.events[0]).toMatchObject({ type: "progress", step: "Opening the disk", bytesDone: 0 });
  expect(bench.words.slice(0, 1)).toEqual(["stalled"]);
});

test("a disk without the command of a firmware pass is refused, and nothing is written", async () => {
  const bench = benchWith();
  const plan = await bench.plan();
  const erasing = bench.erase({ ...plan, passes: [{ kind: "firmware", command: "ata-sanitize-crypto" }] });
  await expect(erasing).rejects.toMatchObject({ name: "Refusal" });
  expect(bench.disk.counts.write).toBe(0);
});

test("a pass that discards a disk which has no such thing is done without, and the erase stands", async () => {
  const report = await eraseOn(benchWith(), { discard: true });
  expect(report.outcome).toBe("erased");
  expect(findingsOf(report).passes.at(-1)).toMatchObject({ kind: "discard", done: false });
});
