import type { Clock, DelayedCall } from "@trofie/reactor";
import { settle } from "@trofie/reactor/testing";

/** Time that passes when it is told to, made for millions of short lives: it knows how many calls wait, and forgets the cancelled at once. */
export class FuzzClock implements Clock {
  #nowMs = 0;
  readonly #calls: FuzzCall[] = [];

  /** How many calls wait for their time. */
  get waiting(): number {
    return this.#calls.length;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return 1_767_225_600_000 + this.#nowMs;
  }

  callLater(delayMs: number, fn: () => void): DelayedCall {
    const call = new FuzzCall(this.#calls, this.#nowMs + Math.max(0, delayMs), fn);
    let at = this.#calls.length;
    while (at > 0 && this.#calls[at - 1]!.atMs > call.atMs) at -= 1;
    this.#calls.splice(at, 0, call);
    return call;
  }

  /** Lets time pass; between two calls every promise that can settle has settled. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await settle();
    for (let next = this.#calls[0]; next && next.atMs <= untilMs; next = this.#calls[0]) {
      this.#calls.shift();
      this.#nowMs = next.atMs;
      next.make();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  /** Lets time pass until the next call is made; false when none waits. */
  async advanceToNext(): Promise<boolean> {
    const next = this.#calls[0];
    if (!next) return false;
    await this.advance(next.atMs - this.#nowMs);
    return true;
  }
}

class FuzzCall implements DelayedCall {
  readonly atMs: number;
  readonly #calls: FuzzCall[];
  readonly #fn: () => void;
  active = true;

  constructor(calls: FuzzCall[], atMs: number, fn: () => void) {
    this.#calls = calls;
    this.atMs = atMs;
    this.#fn = fn;
  }

  make(): void {
    this.active = false;
    this.#fn();
  }

  cancel(): void {
    if (!this.active) return;
    this.active = false;
    this.#calls.splice(this.#calls.indexOf(this), 1);
  }

  [Symbol.dispose](): void {
    this.cancel();
  }
}
