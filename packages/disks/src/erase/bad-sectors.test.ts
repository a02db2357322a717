import { describe, expect, test } from "vitest";
import type { EraseFindings, FaultyRange, JobReport } from "@trofie/contract";
import { MemoryDisk, systemError, type MemoryDiskOptions, type Spoiled } from "../testing/memory-disk.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { Workbench, type WorkbenchOptions } from "../testing/workbench.ts";
import { joined, type Range } from "./range.ts";
import { blockBytes } from "./streams/block-maker.ts";

const sizeBytes = 6 * blockBytes + 4096;
const sectorBytes = 4096;
const sectors = sizeBytes / sectorBytes;

function benchWith(
  options: Partial<MemoryDiskOptions> = {},
  bench: Partial<WorkbenchOptions> = {},
): Workbench {
  return new Workbench({
    disk: new MemoryDisk({ sizeBytes, sectorBytes, byte: 0xbe, ...options }),
    ...bench,
  });
}

function findingsOf({ findings }: JobReport): EraseFindings {
  if (findings?.kind !== "erase") throw new Error("No findings of an erase");
  return findings;
}

function rangesWith(report: JobReport, fault: FaultyRange["fault"]): Range[] {
  return findingsOf(report)
    .faulty.filter((range) => range.fault === fault)
    .map(({ offset, lengthBytes }) => ({ offset, lengthBytes }));
}

/** A range of whole sectors somewhere on the disk, mostly short. */
function somewhere(random: () => number): Range {
  const first = Math.floor(random() * sectors);
  const length = Math.min(sectors - first, 1 + Math.floor(random() ** 4 * 300));
  return { offset: first * sectorBytes, lengthBytes: length * sectorBytes };
}

describe("a disk with bad sectors", () => {
  test.each(Array.from({ length: 20 }, (_, i) => i + 1))(
    "has exactly those in its map, and all others erased (seed %i)",
    async (seed) => {
      const random = seededRandom(seed);
      const bench = benchWith({ seed });
      const unwritable = Array.from({ length: Math.floor(random() * 5) }, () => somewhere(random));
      const unreadable = Array.from({ length: Math.floor(random() * 5) }, () => somewhere(random));
      const codes = ["EIO", "ENODATA", "EREMOTEIO", "EILSEQ", "ENOSPC", "ETIMEDOUT"];
      const code = () => codes[Math.floor(random() * codes.length)]!;
      for (const range of unwritable) bench.disk.spoil({ ...range, on: "both", code: code() });
      for (const range of unreadable) bench.disk.spoil({ ...range, on: "read", code: code() });
      const work =
        random() < 0.5 ? { method: "zero" } : { method: "gost", verify: "all" as const, blank: true };
      const report = await bench.erase(await bench.plan(work));

      const bad = joined([...unwritable, ...unreadable]);
      expect(rangesWith(report, "write")).toEqual(joined(unwritable));
      expect(joined(findingsOf(report).faulty)).toEqual(bad);
      expect(findingsOf(report).faulty.every(({ exact }) => exact)).toBe(true);
      expect(report.outcome).toBe(bad.length === 0 ? "erased" : "erased-with-errors");
      expectZeroOutside(bench.disk, joined(unwritable));
    },
  );

  test("that takes other sectors at the second attempt is erased, and that the old ones keep old data is said", async () => {
    const bench = benchWith();
    bench.disk.spoil({ offset: blockBytes + 8192, lengthBytes: 4096, on: "write", times: 1 });
    const report = await bench.erase(await bench.plan());
    expect(report).toMatchObject({
      outcome: "erased",
      message:
        "Every addressable byte was written, and read back as written; 1,048,576 bytes were taken only at a second attempt, and where the disk gave them other sectors, the old ones keep old data",
      findings: { faulty: [], passes: [{ rewrittenBytes: blockBytes }] },
    });
    expectZeroOutside(bench.disk, []);
  });

  test("that is bad for good was not taken at a second attempt, nor what stands beside it", async () => {
    const bench = benchWith();
    bench.disk.spoil({ offset: 0, lengthBytes: 4096, on: "write" });
    const report = await bench.erase(await bench.plan());
    expect(report).toMatchObject({
      outcome: "erased-with-errors",
      findings: { passes: [{ rewrittenBytes: 0 }] },
    });
  });

  test("that cannot be read until they are written is erased", async () => {
    const bench = benchWith();
    bench.disk.spoil({ offset: 3 * blockBytes, lengthBytes: 8192, on: "read", healedByWrite: true });
    expect((await bench.erase(await bench.plan())).outcome).toBe("erased");
  });

  test("says in words what could not be written, and what could not be read back", async () => {
    const bench = benchWith();
    bench.disk.spoil({ offset: 0, lengthBytes: 4096, on: "write" });
    bench.disk.spoil({ offset: blockBytes, lengthBytes: 8192, on: "read" });
    const report = await bench.erase(await bench.plan());
    expect(report).toMatchObject({
      outcome: "erased-with-errors",
      message:
        "Of 6,295,552 bytes 4,096 could not be written and may keep old data and 8,192 could not be read back; all others were written, and read back as written",
      findings: {
        faulty: [
          { offset: 0, lengthBytes: 4096, fault: "write", exact: true },
          { offset: blockBytes, lengthBytes: 8192, fault: "read", exact: true },
        ],
        faultyBytes: 12_288,
        passes: [
          {
            bytesWritten: sizeBytes - 4096,
            verification: { bytesRead: sizeBytes - 12_288, unreadableBytes: 8192, mismatchedBytes: 0 },
          },
        ],
      },
    });
  });

  test("is asked for a bad one three times in a pass: in its block, in its block again, and alone", async () => {
    const bench = benchWith();
    const asked: number[] = [];
    bench.disk.faults.before = (operation, offset, lengthBytes) => {
      if (operation === "write" && offset <= 40_960 && offset + lengthBytes > 40_960) asked.push(lengthBytes);
    };
    bench.disk.spoil({ offset: 40_960, lengthBytes: 4096, on: "write" });
    await bench.erase(await bench.plan());
    expect(asked).toEqual([blockBytes, blockBytes, 4096]);
  });

  test("is written around in the next pass, and its bad sectors once more each", async () => {
    const bench = benchWith();
    const asked: number[] = [];
    bench.disk.spoil({ offset: 40_960, lengthBytes: 8192, on: "write" });
    bench.disk.faults.before = (operation, offset, lengthBytes) => {
      if (operation === "write" && offset < 49_152 && offset + lengthBytes > 40_960) asked.push(lengthBytes);
    };
    await bench.erase(await bench.plan({ method: "gost" }));
    const inTheFirst = [blockBytes, blockBytes, 4096, 4096];
    const inTheNext = [4096, 4096];
    expect(asked).toEqual([...inTheFirst, ...inTheNext]);
  });

  test("that costs too much time has the rest of its blocks in the map as not exact", async () => {
    const clock = new VirtualClock();
    const bench = new Workbench({
      clock,
      disk: new MemoryDisk({
        sizeBytes,
        sectorBytes,
        latency: {
          clock,
          ms: (operation, offset) => (operation === "write" && offset < 4 * blockBytes ? 1000 : 0),
        },
      }),
      limits: { narrowMs: 6_000 },
    });
    bench.disk.spoil({ offset: 0, lengthBytes: 4096, on: "write" });
    bench.disk.spoil({ offset: 2 * blockBytes, lengthBytes: blockBytes, on: "write" });
    const report = await bench.erase(await bench.plan());
    expect(report.outcome).toBe("erased-with-errors");
    const coarse = findingsOf(report).faulty.filter(({ exact }) => !exact);
    expect(coarse.length).toBeGreaterThan(0);
    expect(findingsOf(report).faultyBytes).toBeGreaterThan(blockBytes);
    expectZeroOutside(bench.disk, rangesWith(report, "write"));
  });
});

test("a job that is paused while it looks for bad sectors rests, and then finds them all", async () => {
  const bench = benchWith({}, { onEvent: ({ type }) => void (type === "paused" && bench.gate.resume()) });
  bench.disk.spoil({ offset: 65_536, lengthBytes: 8192, on: "write" });
  bench.disk.faults.before = (operation, _offset, lengthBytes) => {
    if (operation === "write" && lengthBytes === 4096 && bench.words.length === 0) bench.gate.pause();
  };
  const report = await bench.erase(await bench.plan());
  expect(bench.words).toEqual(["paused", "resumed", "verifying"]);
  expect(rangesWith(report, "write")).toEqual([{ offset: 65_536, lengthBytes: 8192 }]);
});

test("a disk that fails everything is given up soon, and its blocks are in the map", async () => {
  const bench = benchWith({ sizeBytes: 64 * blockBytes }, { limits: { mostSuspectsInARow: 8 } });
  bench.disk.spoil({ offset: 4 * blockBytes, lengthBytes: 60 * blockBytes, on: "write" });
  const report = await bench.erase(await bench.plan());
  expect(report).toMatchObject({
    outcome: "failed",
    message: "Gave up: too much of the disk cannot be written",
    findings: { faulty: [{ offset: 4 * blockBytes, fault: "write", exact: false }] },
  });
  expect(bench.disk.counts.write).toBeLessThan(20);
});

test("a disk that fails here and there all over is given up too", async () => {
  const bench = benchWith({ sizeBytes: 64 * blockBytes }, { limits: { mostSuspectBlocks: 10 } });
  bench.disk.faults.before = (operation, offset) => {
    if (operation === "read" && (offset / blockBytes) % 2 === 1) throw systemError("EIO");
  };
  const report = await bench.erase(await bench.plan());
  expect(report.outcome).toBe("failed");
  expect(bench.disk.counts.read).toBeLessThan(40);
});

test("a job that is stopped before it came back to its bad blocks has them in its map", async () => {
  const bench = benchWith();
  bench.disk.spoil({ offset: 0, lengthBytes: 4096, on: "write" });
  bench.disk.faults.before = (_operation, offset) =>
    void (offset === 5 * blockBytes && bench.stopping.abort());
  const report = await bench.erase(await bench.plan());
  expect(report).toMatchObject({
    outcome: "stopped",
    findings: { faulty: [{ offset: 0, lengthBytes: blockBytes, fault: "write", exact: false }] },
  });
});

test("a disk that is pulled while its bad sectors are looked for is interrupted, with none of them in the map", async () => {
  const bench = benchWith();
  const spoiled: Spoiled = { offset: 0, lengthBytes: 65_536, on: "write" };
  bench.disk.spoil(spoiled);
  bench.disk.faults.before = (operation, offset, lengthBytes) => {
    if (operation === "write" && lengthBytes === 4096 && offset >= 0) bench.disk.pull("EIO");
  };
  await expect(bench.erase(await bench.plan())).rejects.toMatchObject({ name: "Interruption" });
  expect(bench.checkpoint).toMatchObject({ faulty: { ranges: [] } });
});

function expectZeroOutside(disk: MemoryDisk, holes: readonly Range[]): void {
  const found = disk.medium.slice();
  for (const { offset, lengthBytes } of holes) found.fill(0, offset, offset + lengthBytes);
  expect(found.every((byte) => byte === 0)).toBe(true);
}
