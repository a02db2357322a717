/** Time that passes only when everybody waits for it. */
import type { JobClock } from "../job/job-context.ts";

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Nothing happens by itself: `run` lets time pass while it waits for something. */
export class VirtualClock implements JobClock {
  #nowMs = 0;
  #timers: Timer[] = [];
  #order = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  every(periodMs: number, tick: () => void): () => void {
    let isOver = false;
    const again = (): void => {
      if (isOver) return;
      tick();
      this.#at(this.#nowMs + periodMs, again);
    };
    this.#at(this.#nowMs + periodMs, again);
    return () => void (isOver = true);
  }

  wait(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      signal?.addEventListener("abort", () => resolve(), { once: true });
      this.#at(this.#nowMs + delayMs, resolve);
    });
  }

  /** Lets time pass until `awaited` is settled: whenever nothing else is to be done, up to the next moment of any timer. */
  async run<T>(awaited: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = (): void => void (isSettled = true);
    awaited.then(settled, settled);
    for (;;) {
      await new Promise(setImmediate);
      if (isSettled) return awaited;
      this.#advance();
    }
  }

  #at(atMs: number, fire: () => void): void {
    this.#timers.push({ atMs, order: this.#order++, fire });
  }

  #advance(): void {
    let [first] = this.#timers;
    if (first === undefined) return;
    for (const timer of this.#timers) {
      if (timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order)) first = timer;
    }
    this.#timers = this.#timers.filter((timer) => timer !== first);
    this.#nowMs = first.atMs;
    first.fire();
  }
}
