/** The map of all that is not as it should be on a disk: what a report shows, and what later passes go around. */
import type { FaultyRange } from "@trofie/contract";
import { between, bytesOf, endOf, joined, without, type Range } from "./range.ts";

/** More ranges than that are counted, and not listed. A disk with more of them is no disk to keep. */
export const maxRanges = 2000;

type Fault = FaultyRange["fault"];

/** As plain JSON, for a checkpoint. */
export interface FaultyRanges {
  readonly ranges: readonly FaultyRange[];
  readonly faultyBytes: number;
  readonly rangesCut: boolean;
}

/** No two of its ranges overlap: what a range shares with one that was there before stays with that one. */
export class FaultyMap {
  #ranges: FaultyRange[];
  #faultyBytes: number;
  #isCut: boolean;

  constructor(
    { ranges, faultyBytes, rangesCut }: FaultyRanges = { ranges: [], faultyBytes: 0, rangesCut: false },
  ) {
    this.#ranges = [...ranges];
    this.#faultyBytes = faultyBytes;
    this.#isCut = rangesCut;
  }

  get faultyBytes(): number {
    return this.#faultyBytes;
  }

  /** The ranges with that fault, with neighbours made one. */
  of(fault: Fault): Range[] {
    return joined(this.#ranges.filter((range) => range.fault === fault));
  }

  add(fault: Fault, range: Range, exact: boolean): void {
    for (const part of without([range], this.#around(range))) this.#insert({ ...part, fault, exact });
  }

  addAll(map: FaultyMap): void {
    for (const range of map.#ranges) this.add(range.fault, range, range.exact);
    this.#isCut ||= map.#isCut;
  }

  toJSON(): FaultyRanges {
    return { ranges: [...this.#ranges], faultyBytes: this.#faultyBytes, rangesCut: this.#isCut };
  }

  #around(range: Range): FaultyRange[] {
    return this.#ranges.filter((each) => each.offset < endOf(range) && range.offset < endOf(each));
  }

  /** Faults come mostly in order, so that nearly always the new one belongs at the end. */
  #insert(range: FaultyRange): void {
    this.#faultyBytes += range.lengthBytes;
    const after = this.#ranges.findLastIndex(({ offset }) => offset < range.offset);
    const before = this.#ranges[after];
    const next = this.#ranges[after + 1];
    if (before !== undefined && isOneWith(before, range)) {
      this.#ranges[after] = { ...range, ...between(before.offset, endOf(range)) };
      if (next !== undefined && isOneWith(range, next)) {
        this.#ranges.splice(after, 2, { ...range, ...between(before.offset, endOf(next)) });
      }
    } else if (next !== undefined && isOneWith(range, next)) {
      this.#ranges[after + 1] = { ...range, ...between(range.offset, endOf(next)) };
    } else if (this.#ranges.length < maxRanges) {
      this.#ranges.splice(after + 1, 0, range);
    } else {
      this.#isCut = true;
    }
  }
}

function isOneWith(a: FaultyRange, b: FaultyRange): boolean {
  return endOf(a) === b.offset && a.fault === b.fault && a.exact === b.exact;
}

/** Blocks that failed and are not looked into yet. */
export class Suspects {
  #ranges: Range[];

  constructor(ranges: readonly Range[] = []) {
    this.#ranges = [...ranges];
  }

  get ranges(): readonly Range[] {
    return this.#ranges;
  }

  get bytes(): number {
    return bytesOf(this.#ranges);
  }

  /** How much of the disk failed without a good block between, at the end of what is known. */
  get inARowBytes(): number {
    return this.#ranges.at(-1)?.lengthBytes ?? 0;
  }

  add(range: Range): void {
    this.#ranges = joined([...this.#ranges, range]);
  }

  clear(): void {
    this.#ranges = [];
  }

  toJSON(): readonly Range[] {
    return this.#ranges;
  }
}
