/** Whatever happens to a disk and to a job: what is said of it at the end is true. */
import { expect, test } from "vitest";
import type { ErasePlan, JobReport } from "@trofie/contract";
import { Interruption } from "../job/job-context.ts";
import { PauseGate } from "../job/pause-gate.ts";
import { MemoryDisk, type Farewell } from "../testing/memory-disk.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { someSeedHex, Workbench } from "../testing/workbench.ts";
import { resolvePasses } from "./fills.ts";
import { blockBytes, blockMaker } from "./streams/block-maker.ts";

const sectorBytes = 4096;
const sizeBytes = 5 * blockBytes + 3 * sectorBytes;

interface Story {
  readonly bench: Workbench;
  readonly random: () => number;
  readonly plan: ErasePlan;
}

async function beginStory(seed: number): Promise<Story> {
  const random = seededRandom(seed);
  const clock = new VirtualClock();
  const latency = { clock, ms: () => 1 + Math.floor(random() * 4) };
  const disk = new MemoryDisk({ sizeBytes, byte: 0xbe, seed, sectorBytes, latency });
  const bench = new Workbench({ disk, clock, limits: { checkpointEveryMs: 3, overlapBytes: blockBytes } });
  for (let i = Math.floor(random() * 4); i > 0; i--) spoilSomething(disk, random);
  if (random() < 0.2) disk.faults.lies = (offset) => offset % (2 * blockBytes) === blockBytes;
  const works = [
    { method: "zero" },
    { method: "gost", verify: "all" },
    { method: "random", blank: true },
    { method: "ar380-19-eraser" },
  ] as const;
  return { bench, random, plan: await bench.plan(works[Math.floor(random() * works.length)]) };
}

function spoilSomething(disk: MemoryDisk, random: () => number): void {
  const sectors = sizeBytes / sectorBytes;
  const first = Math.floor(random() * sectors);
  const length = Math.min(sectors - first, 1 + Math.floor(random() * 20));
  disk.spoil({
    offset: first * sectorBytes,
    lengthBytes: length * sectorBytes,
    on: (["read", "write", "both"] as const)[Math.floor(random() * 3)]!,
    times: random() < 0.3 ? 1 + Math.floor(random() * 3) : Infinity,
    healedByWrite: random() < 0.3,
  });
}

/** Something that happens at some operation of the job. `cutOff` resolves when its process is no more. */
function letSomethingHappen({ bench, random }: Story, cutOff: () => void): void {
  const { disk } = bench;
  const operations = (): number => disk.counts.read + disk.counts.write + disk.counts.flush;
  const due = operations() + 1 + Math.floor(random() * 40);
  const kind = random();
  const farewell = (["ENODEV", "EIO", "end of file"] as const)[Math.floor(random() * 3)]! satisfies Farewell;
  disk.faults.before = () => {
    if (operations() !== due) return;
    if (kind < 0.4) {
      disk.cutPower();
      cutOff();
    } else if (kind < 0.7) disk.pull(farewell);
    else if (kind < 0.85) bench.gate.pause();
    else spoilSomething(disk, random);
  };
}

/** One process after the other, until the job has an outcome. */
async function toEnd(story: Story): Promise<JobReport> {
  const { bench, plan } = story;
  for (let processes = 1; ; processes++) {
    bench.gate = new PauseGate();
    const cutOff = Promise.withResolvers<null>();
    if (processes < 8) letSomethingHappen(story, () => cutOff.resolve(null));
    const working = bench.begin(plan, bench.checkpoint).catch((error: unknown) => {
      if (error instanceof Interruption) return null;
      throw error;
    });
    const report = await bench.clock.run(Promise.race([working, cutOff.promise]));
    delete bench.disk.faults.before;
    if (report !== null) return report;
    if (bench.disk.isGone) bench.disk.plugIn();
  }
}

/** SEEDS=500 tells more stories. */
const seeds = Array.from({ length: Number(process.env["SEEDS"] ?? 25) }, (_, i) => i + 1);

test.each(seeds)("what a report says is true of the disk (seed %i)", async (seed) => {
  const story = await beginStory(seed);
  const { bench, plan } = story;
  bench.onPaused = () => bench.gate.resume();
  const report = await toEnd(story);
  const { findings } = report;
  if (findings?.kind !== "erase") throw new Error("No findings of an erase");
  if (report.outcome !== "erased" && report.outcome !== "erased-with-errors") {
    expect(bench.disk.faults.lies).toBeDefined();
    return;
  }
  expect(report.outcome === "erased").toBe(findings.faulty.length === 0);
  const last = resolvePasses(plan, someSeedHex).at(-1);
  if (last?.kind !== "overwrite") throw new Error("It ends with no overwrite");
  const maker = blockMaker(last.fill, 1);
  for (let offset = 0; offset < sizeBytes; offset += blockBytes) {
    const found = bench.disk.medium.slice(offset, offset + blockBytes);
    const expected = maker.make(offset, found.length, 0);
    for (const range of findings.faulty) {
      const from = Math.max(0, range.offset - offset);
      const to = Math.min(found.length, range.offset + range.lengthBytes - offset);
      if (from < to) found.set(expected.subarray(from, to), from);
    }
    expect(Buffer.compare(found, expected)).toBe(0);
  }
  maker.close();
});
