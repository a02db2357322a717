/**
 * Samples of a disk's content before and after its firmware erased it. What is there afterwards is up to the disk (zeros,
 * ones, noise, a maker's mark, an error), so a sample says one thing only: that old data is still there.
 */
import { alignedMemory } from "../disk/aligned-memory.ts";
import type { Disk } from "../disk/disk.ts";
import { drawBelow } from "../erase/draw.ts";
import { sha256 } from "../erase/node-sha256.ts";
import { lanesDirect } from "../erase/sweep.ts";
import type { JobClock } from "../job/job-context.ts";

export const sampleBytes = 4096;
const mostSamples = 512;

/** A dying disk takes half a minute for each place that it cannot read; what is not read by then counts as unreadable. */
const readingLimitMs = 120_000;

/** The start of a SHA-256 in hex; or that it held nothing that could be recognised, or could not be read. */
export type Sample = string;
const blank: Sample = "blank";
const unreadable: Sample = "unreadable";

/** The first and the last place of the disk, and one drawn in each of some five hundred equal parts. */
export function samplePlaces(sizeBytes: number, seedHex: string): number[] {
  const units = Math.floor(sizeBytes / sampleBytes);
  const parts = Math.min(mostSamples, units);
  const places = Array.from({ length: parts }, (_, i) => {
    const from = Math.floor((units * i) / parts);
    const to = Math.floor((units * (i + 1)) / parts);
    return (from + drawBelow(seedHex, `firmware sample ${i + 1}`, to - from)) * sampleBytes;
  });
  const ends = units === 0 ? [] : [0, sizeBytes - sampleBytes];
  return [...new Set([...places, ...ends])].toSorted((a, b) => a - b);
}

/** Some at once, as many as a disk likes to have. */
export async function readSamples(
  disk: Disk,
  places: readonly number[],
  clock: Pick<JobClock, "nowMs">,
): Promise<Sample[]> {
  const untilMs = clock.nowMs() + readingLimitMs;
  const samples = places.map(() => unreadable);
  const left = places.entries();
  const lane = async (): Promise<void> => {
    const memory = alignedMemory(sampleBytes);
    for (const [i, place] of left) {
      if (clock.nowMs() >= untilMs) return;
      samples[i] = await readSample(disk, memory, place);
    }
  };
  await Promise.all(Array.from({ length: lanesDirect }, lane));
  return samples;
}

async function readSample(disk: Disk, memory: Uint8Array, place: number): Promise<Sample> {
  for (let done = 0; done < memory.length;) {
    const count = await disk.read(memory.subarray(done), place + done).catch(() => 0);
    if (count <= 0) return unreadable;
    done += count;
  }
  return isBlank(memory) ? blank : Buffer.from(sha256(memory)).toString("hex", 0, 8);
}

/** Up to four bytes repeated: zeros, ones, or the mark that an erase before left; it may be the same after the next. */
function isBlank(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(4), bytes.subarray(0, -4)) === 0;
}

export interface Comparison {
  /** How many places were looked at. */
  readonly places: number;
  /** Of them: held nothing before that could be recognised again. */
  readonly blankBefore: number;
  readonly unreadableBefore: number;
  /** The others: still the same, other than before, or not to be read now. */
  readonly unchanged: number;
  readonly changed: number;
  readonly unreadableNow: number;
}

export function compareSamples(before: readonly Sample[], after: readonly Sample[]): Comparison {
  const count = (is: (was: Sample, now: Sample) => boolean) =>
    before.filter((was, i) => is(was, after[i] ?? unreadable)).length;
  const isData = (was: Sample) => was !== blank && was !== unreadable;
  return {
    places: before.length,
    blankBefore: count((was) => was === blank),
    unreadableBefore: count((was) => was === unreadable),
    unchanged: count((was, now) => isData(was) && now === was),
    changed: count((was, now) => isData(was) && now !== was && now !== unreadable),
    unreadableNow: count((was, now) => isData(was) && now === unreadable),
  };
}

/** "of 514 samples 12 were blank before, 502 have changed, none is as before". */
export function comparisonText(comparison: Comparison): string {
  const { places, blankBefore, unreadableBefore, unchanged, changed, unreadableNow } = comparison;
  const parts = [
    [blankBefore, "blank before"],
    [unreadableBefore, "unreadable before"],
    [changed, "changed"],
    [unreadableNow, "unreadable now"],
  ] as const;
  const counted = parts.flatMap(([number, what]) => (number > 0 ? [`${number} ${what}`] : []));
  return `of ${places} samples ${[...counted, `${unchanged} unchanged`].join(", ")}`;
}
