import { expect, test } from "vitest";
import { MemoryDisk } from "../testing/memory-disk.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { Workbench } from "../testing/workbench.ts";
import { blockBytes } from "./streams/block-maker.ts";

const sizeBytes = 9 * blockBytes + 512;

function slowBench(seed: number, onEvent?: (bench: Workbench, type: string) => void): Workbench {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const latency = { clock, ms: () => 1 + Math.floor(random() * 30) };
  const bench: Workbench = new Workbench({
    clock,
    disk: new MemoryDisk({ sizeBytes, byte: 0xbe, latency }),
    onEvent: ({ type }) => onEvent?.(bench, type),
  });
  return bench;
}

function operationsOf({ counts: { read, write, flush } }: MemoryDisk): number {
  return read + write + flush;
}

/** Calls `strike` at one operation, drawn from the seed. */
function atSomeOperation(bench: Workbench, seed: number, strike: () => void): void {
  const number = 1 + Math.floor(seededRandom(seed)() * 22);
  bench.disk.faults.before = () => void (operationsOf(bench.disk) === number && strike());
}

/** A minute later, when the operations until then have been counted. */
async function goOnLater({ clock, disk, gate }: Workbench, during: number[]): Promise<void> {
  await clock.wait(60_000);
  during.push(operationsOf(disk));
  gate.resume();
}

const seeds = Array.from({ length: 15 }, (_, i) => i + 1);

test.each(seeds)(
  "a job that is paused at any moment begins no block, and goes on to a whole erase (seed %i)",
  async (seed) => {
    const during: number[] = [];
    const bench = slowBench(seed, (paused, type) => {
      if (type !== "paused") return;
      during.push(operationsOf(paused.disk));
      void goOnLater(paused, during);
    });
    atSomeOperation(bench, seed, () => bench.gate.pause());
    const report = await bench.erase(await bench.plan());
    expect(report.outcome).toBe("erased");
    expect(bench.disk.medium.every((byte) => byte === 0)).toBe(true);
    if (during.length === 0) return; // it was paused at its last operation, and had ended before it rested
    expect(during[1]).toBe(during[0]);
    expect(bench.words.filter((word) => word !== "verifying")).toEqual(["paused", "resumed"]);
  },
);

test("a job that rests has made durable all that it wrote, and its checkpoint says so", async () => {
  const bench = slowBench(1, ({ gate, disk, checkpoint }, type) => {
    if (type !== "paused") return;
    const { offset } = checkpoint as unknown as { offset: number };
    expect(offset).toBeGreaterThan(blockBytes);
    expect(disk.medium.subarray(0, offset).every((byte) => byte === 0)).toBe(true);
    gate.resume();
  });
  bench.disk.faults.before = () => void (bench.disk.counts.write === 6 && bench.gate.pause());
  expect((await bench.erase(await bench.plan())).outcome).toBe("erased");
  expect(bench.words).toContain("paused");
});

test.each(seeds)(
  "a job that is stopped at any moment ends soon, and never as erased (seed %i)",
  async (seed) => {
    const bench = slowBench(seed);
    let stoppedAt: number | null = null;
    atSomeOperation(bench, seed, () => {
      stoppedAt = operationsOf(bench.disk);
      bench.stopping.abort();
    });
    const report = await bench.erase(await bench.plan());
    expect(stoppedAt).not.toBeNull();
    expect(operationsOf(bench.disk) - stoppedAt!).toBeLessThanOrEqual(4);
    if (operationsOf(bench.disk) < 21) expect(report.outcome).toBe("stopped");
  },
);

test("a job that is stopped while it rests ends stopped", async () => {
  const bench = slowBench(1, ({ gate, stopping }, type) => {
    if (type !== "paused") return;
    stopping.abort();
    gate.resume();
  });
  bench.disk.faults.before = () => void (bench.disk.counts.write === 3 && bench.gate.pause());
  const report = await bench.erase(await bench.plan());
  expect(report.outcome).toBe("stopped");
  expect(bench.words).toEqual(["paused"]);
});
