/**
 * Which places of a disk a verification reads. Samples follow the rule of NIST SP 800-88r1 §4.7: at least a thousand
 * subsections; in each, two places that do not overlap, chosen pseudo-randomly, of at least 5 % of it; and always the
 * first and the last block that can be addressed.
 */
import type { Reading } from "@trofie/contract";
import { drawBelow } from "./draw.ts";
import { between, joined, type Range } from "./range.ts";

const subsections = 1000;

/** What places begin and end at, so that direct I/O takes them whatever the sector. */
const unitBytes = 4096;

/** How much of its subsection each of the two places is. */
const shares = { sampled: 0.05, quick: 0.005 };

/** False also for a disk that is too small for it: then all of it is read. */
export function isSampled(sizeBytes: number, reading: Reading): boolean {
  return reading !== "full" && bytesOfSample(sizeBytes, reading) <= sizeBytes / 2;
}

/** How much a verification reads; whatever the seed. */
export function bytesOfReading(sizeBytes: number, reading: Reading): number {
  return isSampled(sizeBytes, reading) && reading !== "full" ? bytesOfSample(sizeBytes, reading) : sizeBytes;
}

/** The places in order; the same seed and `label` give the same ones. */
export function placesOf(sizeBytes: number, reading: Reading, seedHex: string, label: string): Range[] {
  if (reading === "full" || !isSampled(sizeBytes, reading)) return [between(0, sizeBytes)];
  const places = Array.from({ length: subsections }, (_, i) =>
    placesIn(subsection(sizeBytes, i), shares[reading], seedHex, `${label}, subsection ${i + 1}`),
  );
  const last = lastUnit(sizeBytes);
  return joined([between(0, unitBytes), ...places.flat(), between(last, sizeBytes)]);
}

/** The units [from, to) of one subsection; the first and the last unit of the disk are read in any case and in none. */
interface Subsection {
  readonly from: number;
  readonly to: number;
}

function subsection(sizeBytes: number, i: number): Subsection {
  const units = lastUnit(sizeBytes) / unitBytes - 1;
  return {
    from: 1 + Math.floor((units * i) / subsections),
    to: 1 + Math.floor((units * (i + 1)) / subsections),
  };
}

function lastUnit(sizeBytes: number): number {
  return Math.floor((sizeBytes - 1) / unitBytes) * unitBytes;
}

function unitsOfPlace({ from, to }: Subsection, share: number): number {
  return Math.ceil((to - from) * share);
}

/** Two starts in what is left without both places; the second place is moved by the length of the first. */
function placesIn(section: Subsection, share: number, seedHex: string, label: string): Range[] {
  const units = unitsOfPlace(section, share);
  const starts = section.to - section.from - 2 * units + 1;
  const [one, two] = [1, 2]
    .map((place) => drawBelow(seedHex, `${label}, place ${place}`, starts))
    .toSorted((a, b) => a - b);
  return [one!, two! + units].map((start) => ({
    offset: (section.from + start) * unitBytes,
    lengthBytes: units * unitBytes,
  }));
}

function bytesOfSample(sizeBytes: number, reading: "sampled" | "quick"): number {
  let units = 1;
  for (let i = 0; i < subsections; i++) units += 2 * unitsOfPlace(subsection(sizeBytes, i), shares[reading]);
  return units * unitBytes + (sizeBytes - lastUnit(sizeBytes));
}
