/** Measures how far a job is, how fast it goes and how long it will take. */
import type { Progress } from "@trofie/contract";

/** The rate follows a change within about this time: slow enough to be read, quick enough to be believed. */
const smoothingMs = 3000;

export class Meter {
  readonly #bytesTotal: number;
  readonly #now: () => number;
  #bytesDone = 0;
  #last: { atMs: number; bytesDone: number };
  #bytesPerSecond: number | null = null;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(bytesTotal: number, now: () => number) {
    this.#bytesTotal = bytesTotal;
    this.#now = now;
    this.#last = { atMs: now(), bytesDone: 0 };
  }

  add(bytes: number): void {
    this.#bytesDone += bytes;
  }

  /** To be called a few times a second; each call also takes a sample of the rate. */
  read(): Omit<Progress, "job" | "sweep" | "patternHex"> {
    this.#sample();
    const leftBytes = this.#bytesTotal - this.#bytesDone;
    const rate = this.#bytesPerSecond ?? 0;
    return {
      bytesDone: this.#bytesDone,
      bytesTotal: this.#bytesTotal,
      bytesPerSecond: Math.round(rate),
      etaMs: rate > 0 ? Math.round((leftBytes / rate) * 1000) : null,
    };
  }

  #sample(): void {
    const atMs = this.#now();
    const passedMs = atMs - this.#last.atMs;
    if (passedMs <= 0) return;
    const rate = ((this.#bytesDone - this.#last.bytesDone) / passedMs) * 1000;
    const weight = 1 - Math.exp(-passedMs / smoothingMs);
    const before = this.#bytesPerSecond ?? rate;
    this.#bytesPerSecond = before + (rate - before) * weight;
    this.#last = { atMs, bytesDone: this.#bytesDone };
  }
}
