/**
 * Tells the bad sectors from the good ones in blocks that failed. Each attempt on a bad sector costs a disk 1 to 30
 * seconds, so there are few: each block once more (a disk often gives a sector away and takes another for it), then
 * sector by sector from both ends up to the first bad one, then halves of what lies between, the large ones first.
 */
import type { Ground } from "./ground.ts";
import { between, bytesOf, endOf, joined, type Range } from "./range.ts";
import { blockBytes } from "./streams/block-maker.ts";

/** Carries out the operation on one piece; false when it failed and the piece is bad or holds something bad. */
export type Attempt = (piece: Range) => Promise<boolean>;

/** The time for it, which goes down with each attempt; pauses cost none of it. */
export interface Budget {
  leftMs: number;
}

export interface Narrowed {
  /** What is bad and what could not be looked at in time, in order. */
  readonly left: readonly Left[];
  /** Of the blocks that went whole when they were tried again. */
  readonly recoveredBytes: number;
}

export interface Left {
  readonly range: Range;
  /** False: the time ran out before the bad sectors in it were told from the good. */
  readonly exact: boolean;
}

export async function narrow(
  ground: Ground,
  suspects: readonly Range[],
  budget: Budget,
  attempt: Attempt,
): Promise<Narrowed> {
  const narrowing = new Narrowing(ground, budget, attempt);
  const failing = await narrowing.retryBlocks(suspects);
  const cores: Range[] = [];
  for (const range of joined(failing)) cores.push(...(await narrowing.trim(range)));
  await narrowing.split(cores);
  return { left: narrowing.left(), recoveredBytes: bytesOf(suspects) - bytesOf(failing) };
}

/** Ranges that earlier passes could not write, sector by sector, once. What comes of it changes no report. */
export async function retryOnce(
  ground: Ground,
  ranges: readonly Range[],
  budget: Budget,
  attempt: Attempt,
): Promise<void> {
  const narrowing = new Narrowing(ground, budget, attempt);
  for (const range of ranges) {
    for (const sector of pieces(range, ground.sectorBytes)) {
      if ((await narrowing.try(sector)) === "late") return;
    }
  }
}

class Narrowing {
  readonly #ground: Ground;
  readonly #budget: Budget;
  readonly #attempt: Attempt;
  readonly #bad: Range[] = [];
  readonly #unknown: Range[] = [];

  constructor(ground: Ground, budget: Budget, attempt: Attempt) {
    this.#ground = ground;
    this.#budget = budget;
    this.#attempt = attempt;
  }

  /** The blocks that failed again. */
  async retryBlocks(ranges: readonly Range[]): Promise<Range[]> {
    const failing: Range[] = [];
    for (const range of ranges) {
      for (let offset = range.offset; offset < endOf(range); offset += blockBytes) {
        const block = between(offset, Math.min(offset + blockBytes, endOf(range)));
        if ((await this.try(block)) === true) continue;
        failing.push(block);
      }
    }
    return failing;
  }

  /** Takes good sectors away from both ends, and the bad one that each way ended at; what lies between is left. */
  async trim(range: Range): Promise<Range[]> {
    const { sectorBytes } = this.#ground;
    let { offset } = range;
    let end = endOf(range);
    while (offset < end) {
      const sector = between(offset, Math.min(offset + sectorBytes, end));
      const went = await this.try(sector);
      if (went === "late") return this.#leave(between(offset, end));
      offset = endOf(sector);
      if (went) continue;
      this.#bad.push(sector);
      break;
    }
    while (offset < end) {
      const start = Math.max(offset, startOfLastSector(end, sectorBytes));
      const sector = between(start, end);
      const went = await this.try(sector);
      if (went === "late") return this.#leave(between(offset, end));
      end = start;
      if (went) continue;
      this.#bad.push(sector);
      break;
    }
    return offset < end ? [between(offset, end)] : [];
  }

  /** Halves what fails, the largest pieces first, so that the time goes to what may still be good. */
  async split(cores: readonly Range[]): Promise<void> {
    const waiting = new LargestFirst(cores.flatMap((core) => pieces(core, blockBytes / 2)));
    for (let piece = waiting.take(); piece !== undefined; piece = waiting.take()) {
      const went = await this.try(piece);
      if (went === true) continue;
      if (went === "late") this.#unknown.push(piece);
      else if (piece.lengthBytes <= this.#ground.sectorBytes) this.#bad.push(piece);
      else for (const half of halves(piece, this.#ground.sectorBytes)) waiting.put(half);
    }
  }

  left(): Left[] {
    const bad = joined(this.#bad).map((range) => ({ range, exact: true }));
    const unknown = joined(this.#unknown).map((range) => ({ range, exact: false }));
    return [...bad, ...unknown].toSorted((a, b) => a.range.offset - b.range.offset);
  }

  #leave(range: Range): [] {
    this.#unknown.push(range);
    return [];
  }

  /** "late" when there is no time left for it, or the job is to stop. */
  async try(piece: Range): Promise<boolean | "late"> {
    const { gate, signal, clock, rest } = this.#ground;
    if (gate.isPaused && !signal.aborted) await rest();
    if (signal.aborted || this.#budget.leftMs <= 0) return "late";
    const begunMs = clock.nowMs();
    const went = await this.#attempt(piece);
    this.#budget.leftMs -= clock.nowMs() - begunMs;
    return went;
  }
}

function startOfLastSector(end: number, sectorBytes: number): number {
  return Math.floor((end - 1) / sectorBytes) * sectorBytes;
}

function pieces(range: Range, lengthBytes: number): Range[] {
  const cut: Range[] = [];
  for (let offset = range.offset; offset < endOf(range);) {
    const end = Math.min(endOf(range), offset - (offset % lengthBytes) + lengthBytes);
    cut.push(between(offset, end));
    offset = end;
  }
  return cut;
}

function halves(piece: Range, sectorBytes: number): [Range, Range] {
  const sectors = Math.ceil(piece.lengthBytes / sectorBytes);
  const middle = piece.offset + Math.floor(sectors / 2) * sectorBytes;
  return [between(piece.offset, middle), between(middle, endOf(piece))];
}

/** Pieces by size; of one size, first come, first served. */
class LargestFirst {
  readonly #bySize = new Map<number, Range[]>();

  constructor(ranges: readonly Range[]) {
    for (const range of ranges) this.put(range);
  }

  put(range: Range): void {
    const same = this.#bySize.get(range.lengthBytes);
    if (same === undefined) this.#bySize.set(range.lengthBytes, [range]);
    else same.push(range);
  }

  take(): Range | undefined {
    const size = Math.max(...this.#bySize.keys());
    const same = this.#bySize.get(size);
    const taken = same?.shift();
    if (same?.length === 0) this.#bySize.delete(size);
    return taken;
  }
}
