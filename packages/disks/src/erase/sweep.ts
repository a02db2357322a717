/** One way over ranges of a disk, in blocks, several at once. */
import type { PauseGate } from "../job/pause-gate.ts";
import { endOf, type Range } from "./range.ts";
import { blockBytes } from "./streams/block-maker.ts";

/** 1 MiB, 2 to 4 at once, is where loop devices, NVMe and hard disks are all at their limit; more is slower. */
export const lanesDirect = 2;
/** Through the page cache writers only wait for each other's lock. */
export const lanesBuffered = 1;

export interface Sweep<T> {
  readonly ranges: readonly Range[];
  /** How many blocks are visited at once. */
  readonly lanes: number;
  /** How long the next block may be, in bytes: a power of two. */
  readonly longest?: () => number;
  /** No block is begun after this; the ones begun come to their end. */
  readonly signal: AbortSignal;
  readonly gate: Pick<PauseGate, "isPaused">;
  /** Called while the job is paused, with no block in flight; the sweep goes on when it returns. */
  readonly rest: () => Promise<void>;
  /** Visits one block. `lane` is the number of the lane, for memory that belongs to it alone. */
  readonly visit: (offset: number, lengthBytes: number, lane: number) => Promise<T>;
  /**
   * What came of a block, told in the order of the blocks and not of their coming back: at each moment all that was
   * told is one piece from the beginning, from the end of which an interrupted sweep can go on.
   */
  readonly settle: (offset: number, lengthBytes: number, result: T) => void;
}

/**
 * Begins the blocks in order; they end at multiples of how long they may be. Ends at the first failure: no block is begun after
 * it, and it is thrown when the others have come back; of several, the one at the lowest offset.
 */
export async function sweep<T>(order: Sweep<T>): Promise<void> {
  const { ranges, lanes, signal, gate, rest, visit } = order;
  const blocks = blocksOf(ranges, order.longest ?? (() => blockBytes));
  const inOrder = new InOrder(order.settle);
  const failures: { readonly offset: number; readonly error: unknown }[] = [];
  let next = blocks.next();

  async function runLane(lane: number): Promise<void> {
    while (!next.done && failures.length === 0 && !signal.aborted && !gate.isPaused) {
      const block = next.value;
      next = blocks.next();
      const place = inOrder.begun(block);
      try {
        inOrder.came(place, await visit(block.offset, block.lengthBytes, lane));
      } catch (error) {
        failures.push({ offset: block.offset, error });
      }
    }
  }

  while (!next.done && !signal.aborted) {
    await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
    const [first] = failures.toSorted((a, b) => a.offset - b.offset);
    if (first !== undefined) throw first.error;
    if (gate.isPaused && !signal.aborted) await rest();
  }
}

function* blocksOf(ranges: readonly Range[], longest: () => number): Generator<Range, undefined> {
  for (const range of ranges) {
    for (let offset = range.offset; offset < endOf(range);) {
      const most = longest();
      const end = Math.min(endOf(range), offset - (offset % most) + most);
      yield { offset, lengthBytes: end - offset };
      offset = end;
    }
  }
}

/** Blocks that came back before an earlier one wait for it here. */
class InOrder<T> {
  readonly #settle: Sweep<T>["settle"];
  readonly #begun: { readonly block: Range; came: { readonly result: T } | null }[] = [];

  constructor(settle: Sweep<T>["settle"]) {
    this.#settle = settle;
  }

  begun(block: Range) {
    const place = { block, came: null };
    this.#begun.push(place);
    return place;
  }

  came(place: { came: { readonly result: T } | null }, result: T): void {
    place.came = { result };
    for (let [first] = this.#begun; first?.came != null; [first] = this.#begun) {
      this.#begun.shift();
      this.#settle(first.block.offset, first.block.lengthBytes, first.came.result);
    }
  }
}
