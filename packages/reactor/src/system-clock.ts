import type { Clock, DelayedCall } from "./clock.ts";

/** A timer of more than this overflows and fires at once, in Node and in browsers. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real clock, of Node or of a browser. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  callLater: (delayMs, fn) => new SystemDelayedCall(delayMs, fn),
};

class SystemDelayedCall implements DelayedCall {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(delayMs: number, fn: () => void) {
    this.#wait(delayMs, fn);
  }

  get active(): boolean {
    return this.#timer !== undefined;
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  [Symbol.dispose](): void {
    this.cancel();
  }

  #wait(delayMs: number, fn: () => void): void {
    const thisTimeMs = Math.max(0, Math.min(delayMs, LONGEST_TIMER_MS));
    this.#timer = setTimeout(() => {
      if (delayMs > thisTimeMs) return this.#wait(delayMs - thisTimeMs, fn);
      this.#timer = undefined;
      fn();
    }, thisTimeMs);
  }
}
