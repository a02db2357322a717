/** The one time of a simulated world: it jumps from call to call, and between two of them every promise has settled. */
import type { Clock, DelayedCall } from "@trofie/reactor";

const beginsMs = 1_767_225_600_000; // 2026-01-01

export class SimClock implements Clock {
  /** How far somebody has set the wall clock off. */
  wallJumpMs = 0;
  #nowMs = 0;
  #order = 0;
  /** A heap by time; calls of one time in the order in which they were asked for. */
  readonly #heap: SimCall[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return beginsMs + this.#nowMs + this.wallJumpMs;
  }

  callLater(delayMs: number, fn: () => void): DelayedCall {
    const call = new SimCall(this.#nowMs + Math.max(0, delayMs), this.#order++, fn);
    this.#push(call);
    return call;
  }

  /** Lets time pass up to that moment, or until `isOver`. */
  run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          this.#runNow(untilMs, isOver);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #runNow(untilMs: number, isOver: () => boolean): void {
    while (!isOver()) {
      const call = this.#next(untilMs);
      if (call === undefined) return void (this.#nowMs = untilMs);
      this.#nowMs = call.atMs;
      call.make();
      settle();
    }
  }

  #next(untilMs: number): SimCall | undefined {
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined || first.atMs > untilMs) return undefined;
      this.#pop();
      if (first.active) return first;
    }
  }

  #push(call: SimCall): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(call);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(call, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = call;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (!isBefore(heap[below]!, last)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
  }
}

/**
 * Lets every promise settle, and whoever rejected one that nobody waits for be told, as between two turns of the event
 * loop, but without the turn, which costs more than what happens in it. Node keeps it for those who make turns of their own.
 */
const { _tickCallback: settle } = process as unknown as { readonly _tickCallback: () => void };

function isBefore(a: SimCall, b: SimCall): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

class SimCall implements DelayedCall {
  readonly atMs: number;
  readonly order: number;
  #fn: (() => void) | undefined;

  constructor(atMs: number, order: number, fn: () => void) {
    this.atMs = atMs;
    this.order = order;
    this.#fn = fn;
  }

  get active(): boolean {
    return this.#fn !== undefined;
  }

  make(): void {
    const fn = this.#fn;
    this.#fn = undefined;
    fn?.();
  }

  cancel(): void {
    this.#fn = undefined;
  }

  [Symbol.dispose](): void {
    this.cancel();
  }
}
