import type { Clock } from "../clock.ts";

/**
 * So many bytes per second, and some at once. More may be taken than is there: then it must be waited for, and who
 * takes afterwards waits longer. So one bucket is shared fairly by many connections.
 */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #bytesPerSecond: number;
  /** What may go at once. */
  readonly burstBytes: number;
  #bytes: number;
  #atMs: number;

  /** Full at the beginning. */
  constructor(clock: Clock, bytesPerSecond: number, burstBytes = bytesPerSecond) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
    this.burstBytes = burstBytes;
    this.#bytes = burstBytes;
    this.#atMs = clock.nowMs();
  }

  /** Takes so many bytes; returns how long to wait, in milliseconds, before they may be used. */
  take(bytes: number): number {
    this.#refill();
    this.#bytes -= bytes;
    return this.#bytes >= 0 ? 0 : Math.ceil((-this.#bytes / this.#bytesPerSecond) * 1000);
  }

  #refill(): void {
    const nowMs = this.#clock.nowMs();
    const gained = ((nowMs - this.#atMs) / 1000) * this.#bytesPerSecond;
    this.#bytes = Math.min(this.burstBytes, this.#bytes + gained);
    this.#atMs = nowMs;
  }
}
