import { describe, expect, test } from "vitest";
import type { EraseFindings, ErasePlan, EraseWork, JobReport } from "@trofie/contract";
import { Interruption } from "../job/job-context.ts";
import { MemoryDisk, type Farewell } from "../testing/memory-disk.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { someSeedHex, Workbench } from "../testing/workbench.ts";
import { erase } from "./erase.ts";
import { resolvePasses } from "./fills.ts";
import { usualLimits } from "./limits.ts";
import { blockBytes, blockMaker } from "./streams/block-maker.ts";

const smallBytes = 6 * blockBytes + 1536;
const largeBytes = 12 * blockBytes + 1536;

/** A disk whose operations take 1 to 4 ms, and a bench with a checkpoint every few of them. */
function slowBench(seed: number, checkpointEveryMs = 4, sizeBytes = smallBytes): Workbench {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const disk = new MemoryDisk({
    sizeBytes,
    byte: 0xbe,
    seed,
    latency: { clock, ms: () => 1 + Math.floor(random() * 4) },
  });
  return new Workbench({ disk, clock, limits: { checkpointEveryMs, overlapBytes: 2 * blockBytes } });
}

type Counts = MemoryDisk["counts"];

const atOperation =
  (number: number) =>
  ({ read, write, flush }: Counts): boolean =>
    read + write + flush === number;

/** Calls `strike` when that many operations, counted from now, are as `isDue` says. */
function when({ disk }: Workbench, isDue: (counts: Counts) => boolean, strike: () => void): void {
  const { read, write, flush } = disk.counts;
  disk.faults.before = () => {
    const now = disk.counts;
    const counts = { ...now, read: now.read - read, write: now.write - write, flush: now.flush - flush };
    if (isDue(counts)) strike();
  };
}

/** Erases until the power fails. False when the job was done before. */
async function eraseUntilPowerFails(
  bench: Workbench,
  plan: ErasePlan,
  isDue: (counts: Counts) => boolean,
): Promise<boolean> {
  const failed = Promise.withResolvers<"failed">();
  when(bench, isDue, () => {
    bench.disk.cutPower();
    failed.resolve("failed");
  });
  const how = await bench.clock.run(Promise.race([bench.begin(plan, bench.checkpoint), failed.promise]));
  delete bench.disk.faults.before;
  return how === "failed";
}

test("what a process wrote of which no checkpoint tells is durable before the disk is called erased", async () => {
  const bench = slowBench(1);
  const plan = await bench.plan({ method: "zero" });
  expect(await eraseUntilPowerFails(bench, plan, keptAt(bench, "verify", 2 * blockBytes))).toBe(true);
  bench.disk.medium.fill(0xaa, 4096, 8192);
  // The process between found that, wrote it anew, and was gone before it could tell so or flush.
  await bench.clock.run(bench.disk.write([new Uint8Array(4096)], 4096));
  expect(await bench.erase(plan, bench.checkpoint)).toMatchObject({ outcome: "erased" });
  expectWhole(bench.disk, plan);
});

interface Kept {
  readonly phase: string;
  readonly offset: number;
}

/** Once the newest checkpoint is of that phase and not before that offset. */
const keptAt = (bench: Workbench, phase: string, offset: number) => (): boolean => {
  const kept = bench.checkpoint as unknown as Kept | null;
  return kept?.phase === phase && kept.offset >= offset;
};

function findingsOf({ findings }: JobReport): EraseFindings {
  if (findings?.kind !== "erase") throw new Error("No findings of an erase");
  return findings;
}

function expectWhole(disk: MemoryDisk, plan: ErasePlan): void {
  const last = resolvePasses(plan, someSeedHex).at(-1);
  if (last?.kind !== "overwrite") throw new Error("It ends with no overwrite");
  const maker = blockMaker(last.fill, 1);
  for (let offset = 0; offset < disk.sizeBytes; offset += blockBytes) {
    const found = disk.medium.subarray(offset, offset + blockBytes);
    expect(Buffer.compare(found, maker.make(offset, found.length, 0))).toBe(0);
  }
}

describe.each([
  ["zero", { method: "zero" }],
  ["two passes, both verified", { method: "gost", verify: "all" as const }],
  ["random and a blank pass", { method: "random", blank: true }],
])("an erase by %s", (_name, work) => {
  test("goes on after a power cut at any of its operations, and every byte is right", async () => {
    for (let operation = 1; ; operation++) {
      const bench = slowBench(operation);
      const plan = await bench.plan(work);
      if (!(await eraseUntilPowerFails(bench, plan, atOperation(operation)))) break;
      const report = await bench.erase(plan, bench.checkpoint);
      expect(report).toMatchObject({ outcome: "erased", findings: { faulty: [] } });
      expect(findingsOf(report).resumptions.every(({ proven }) => proven)).toBe(true);
      expect(findingsOf(report).passes).toHaveLength(plan.passes.length);
      expectWhole(bench.disk, plan);
    }
  });

  test("goes on after one power cut after the other", async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const bench = slowBench(seed);
      const random = seededRandom(seed);
      const plan = await bench.plan(work);
      let cuts = 0;
      while (
        cuts < 12 &&
        (await eraseUntilPowerFails(bench, plan, atOperation(3 + Math.floor(random() * 12))))
      )
        cuts++;
      if (cuts === 12) await bench.erase(plan, bench.checkpoint);
      expectWhole(bench.disk, plan);
    }
  });

  test.each<Farewell>(["ENODEV", "EIO", "end of file"])(
    "is interrupted when its disk is pulled at any operation and answers %s, and goes on when it is back",
    async (farewell) => {
      for (let operation = 1; ; operation += 4) {
        const bench = slowBench(operation);
        const plan = await bench.plan(work);
        when(bench, atOperation(operation), () => bench.disk.pull(farewell));
        const end = await bench.erase(plan).catch((error: unknown) => error);
        delete bench.disk.faults.before;
        if (!(end instanceof Interruption)) {
          expect(end).toMatchObject({ outcome: "erased" });
          break;
        }
        expect(end.message).toMatch(/^Cannot go on.*is gone/);
        bench.disk.plugIn();
        const report = await bench.erase(plan, bench.checkpoint);
        expect(report.outcome).toBe("erased");
        expect(findingsOf(report).resumptions.at(-1)).toMatchObject({ proven: true, diskseq: "2" });
        expectWhole(bench.disk, plan);
      }
    },
  );
});

test("a job goes on at the byte up to which all was durable, after reading back what lies before", async () => {
  const bench = slowBench(1, 4, largeBytes);
  const plan = await bench.plan();
  await eraseUntilPowerFails(bench, plan, keptAt(bench, "write", 2 * blockBytes));
  const kept = bench.checkpoint as unknown as Kept;
  const written = bench.disk.counts.bytesWritten;
  const report = await bench.erase(plan, bench.checkpoint);
  expect(bench.disk.counts.bytesWritten - written).toBe(largeBytes - kept.offset);
  expect(findingsOf(report).resumptions).toEqual([
    {
      pass: 0,
      offset: kept.offset,
      overlapBytes: Math.min(kept.offset, 2 * blockBytes),
      proven: true,
      diskseq: "1",
    },
  ]);
});

test("a disk that lied about what is durable is found at going on, and the pass begins anew", async () => {
  const bench = slowBench(1, 4, largeBytes);
  const plan = await bench.plan();
  await eraseUntilPowerFails(bench, plan, keptAt(bench, "write", 2 * blockBytes));
  bench.disk.medium.fill(0xbe);
  bench.disk.bytes.fill(0xbe);
  const report = await bench.erase(plan, bench.checkpoint);
  expect(report.outcome).toBe("erased");
  expect(findingsOf(report).resumptions).toMatchObject([{ pass: 0, proven: false }]);
  expectWhole(bench.disk, plan);
});

/** A job whose power failed in the middle of its verification, and a byte of the disk that was changed since. */
async function verificationWithChangedByte(at: number): Promise<{ bench: Workbench; plan: ErasePlan }> {
  const bench = slowBench(1, 1, largeBytes);
  const plan = await bench.plan();
  await eraseUntilPowerFails(bench, plan, keptAt(bench, "verify", 3 * blockBytes));
  bench.disk.medium[at] = bench.disk.bytes[at] = 1;
  return { bench, plan };
}

test("a byte that changed before the point where a verification was cut off makes the pass begin anew", async () => {
  const { bench, plan } = await verificationWithChangedByte(2 * blockBytes + 1);
  const report = await bench.erase(plan, bench.checkpoint);
  expect(report.outcome).toBe("erased");
  expect(findingsOf(report).resumptions).toMatchObject([{ proven: false }]);
  expectWhole(bench.disk, plan);
});

test("a disk that was away during its verification is verified from its beginning", async () => {
  const { bench, plan } = await verificationWithChangedByte(1);
  bench.disk.plugIn();
  const report = await bench.erase(plan, bench.checkpoint);
  expect(report).toMatchObject({
    outcome: "failed",
    findings: { faulty: [{ offset: 0, fault: "mismatch" }] },
  });
});

test("a job whose disk is not back is interrupted again", async () => {
  const bench = slowBench(1, 4, largeBytes);
  const plan = await bench.plan();
  when(bench, atOperation(5), () => bench.disk.pull());
  await expect(bench.erase(plan)).rejects.toBeInstanceOf(Interruption);
  await expect(bench.erase(plan, bench.checkpoint)).rejects.toThrow(
    new Interruption("Cannot go on with /dev/sdb: it is gone"),
  );
});

test("a checkpoint of another version of the program is not gone on from", async () => {
  const bench = slowBench(1, 4, largeBytes);
  await expect(bench.erase(await bench.plan(), { format: 99 })).rejects.toBeInstanceOf(Interruption);
});

test("what a pass has left and was read back is overwritten only when the station has kept that the pass is over", async () => {
  const bench = slowBench(1, 1_000);
  const plan = await bench.plan({
    method: { title: "Two", source: "a test", passes: ["5a", "a5"] },
    verify: "all",
  });
  const kept = Promise.withResolvers<void>();
  const context = { ...bench.contextOf<"erase">(plan, null), keep: () => kept.promise };
  const erasing = erase(context, usualLimits);
  await bench.clock.run(bench.clock.wait(60_000));
  expect(bench.disk.counts.bytesWritten).toBe(smallBytes);
  kept.resolve();
  expect(await bench.clock.run(erasing)).toMatchObject({ outcome: "erased" });
});

test("a job that waits for the station to keep where it is can be stopped", async () => {
  const bench = slowBench(1, 1_000);
  const plan = await bench.plan({
    method: { title: "Two", source: "a test", passes: ["5a", "a5"] },
    verify: "all",
  });
  const context = { ...bench.contextOf<"erase">(plan, null), keep: () => new Promise<never>(() => {}) };
  const erasing = erase(context, usualLimits);
  await bench.clock.run(bench.clock.wait(60_000));
  bench.stopping.abort();
  expect(await bench.clock.run(erasing)).toMatchObject({ outcome: "stopped" });
});

/** A job that is done with its disk, and whose process did not live to say so. */
async function doneUnheard(more: Partial<EraseWork> = {}): Promise<{ bench: Workbench; plan: ErasePlan }> {
  const bench = slowBench(1, 1_000);
  const plan = await bench.plan(more);
  expect(await bench.erase(plan)).toMatchObject({ outcome: "erased" });
  return { bench, plan };
}

test("a job that was done, and whose disk was elsewhere before anybody heard of it, reads all back again", async () => {
  const { bench, plan } = await doneUnheard();
  bench.disk.plugIn();
  const { bytesRead } = bench.disk.counts;
  expect(await bench.erase(plan, bench.checkpoint)).toMatchObject({ outcome: "erased" });
  expect(bench.disk.counts.bytesRead - bytesRead).toBeGreaterThanOrEqual(smallBytes);
  bench.disk.plugIn();
  bench.disk.medium[1] = bench.disk.bytes[1] = 1;
  expect(await bench.erase(plan, bench.checkpoint)).toMatchObject({
    outcome: "failed",
    findings: { passes: [{ kind: "overwrite" }], faulty: [{ offset: 0, fault: "mismatch" }] },
  });
});

test("a job that was done, and whose disk stayed where it was, has nothing left to do", async () => {
  const { bench, plan } = await doneUnheard();
  const { bytesRead } = bench.disk.counts;
  expect(await bench.erase(plan, bench.checkpoint)).toMatchObject({ outcome: "erased" });
  expect(bench.disk.counts.bytesRead).toBe(bytesRead);
});

test("a disk that was elsewhere after all its blocks were given back is overwritten once more", async () => {
  const { bench, plan } = await doneUnheard({ discard: true });
  bench.disk.plugIn();
  bench.disk.medium[1] = bench.disk.bytes[1] = 1;
  expect(await bench.erase(plan, bench.checkpoint)).toMatchObject({
    outcome: "erased",
    findings: { passes: [{ kind: "overwrite" }, { kind: "discard" }] },
  });
  expect(bench.disk.medium.every((byte) => byte === 0)).toBe(true);
});
