import type { Clock, DelayedCall } from "../clock.ts";

/**
 * Time that stands still until it is told to pass. Calls are made in order of time, and between two of them
 * every promise that can settle has settled.
 *
 * ```ts
 * const clock = new VirtualClock();
 * clock.callLater(1000, () => console.log("a second later, at once"));
 * await clock.advance(1000);
 * ```
 */
export class VirtualClock implements Clock {
  #nowMs = 0;
  readonly #startedMs: number;
  readonly #calls: VirtualCall[] = [];

  /** `wallMs` begins at `startedMs`, by default the first of January 2026. */
  constructor(startedMs = 1_767_225_600_000) {
    this.#startedMs = startedMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startedMs + this.#nowMs;
  }

  callLater(delayMs: number, fn: () => void): DelayedCall {
    const call = new VirtualCall(this.#nowMs + Math.max(0, delayMs), fn);
    const later = this.#calls.findIndex((other) => other.atMs > call.atMs);
    this.#calls.splice(later === -1 ? this.#calls.length : later, 0, call);
    return call;
  }

  /** Lets `durationMs` pass: jumps from call to call, with those that these calls ask for. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await settle();
    for (let call = this.#takeDue(untilMs); call; call = this.#takeDue(untilMs)) {
      this.#nowMs = call.atMs;
      call.make();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  /**
   * Lets time pass until `promise` has settled, however long that takes on this clock. Rejects when nothing is
   * left that could settle it.
   */
  async run<T>(promise: Promise<T>): Promise<T> {
    const waited = { over: false };
    const note = () => (waited.over = true);
    promise.then(note, note);
    await settle();
    while (!waited.over) {
      const call = this.#takeDue(Infinity);
      if (!call) throw new Error("Cannot wait for the promise: nothing is left that could settle it");
      this.#nowMs = call.atMs;
      call.make();
      await settle();
    }
    return promise;
  }

  #takeDue(untilMs: number): VirtualCall | undefined {
    while (this.#calls[0] && !this.#calls[0].active) this.#calls.shift();
    return this.#calls[0] && this.#calls[0].atMs <= untilMs ? this.#calls.shift() : undefined;
  }
}

class VirtualCall implements DelayedCall {
  readonly atMs: number;
  #fn: (() => void) | undefined;

  constructor(atMs: number, fn: () => void) {
    this.atMs = atMs;
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

/** Every promise that can settle without time passing has settled afterwards. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
