/** Measures how far a job is, how fast it goes, how long it will take, and what keeps it from going faster. */
import type { Progress } from "@trofie/contract";
import { Smoothed } from "../job/smoothed.ts";

/** The thread counts as the limit when it is at work for so much of the time: it cannot be at it always. */
const busyShare = 0.6;

/** What the thread does itself, as opposed to waiting for the disk. */
export type Labour = "generator" | "comparison";

export type Measured = Pick<Progress, "bytesDone" | "bytesTotal" | "bytesPerSecond" | "etaMs" | "limit">;

export class Meter {
  readonly #bytesTotal: number;
  readonly #now: () => number;
  readonly #busyMs = { generator: 0, comparison: 0 };
  #bytesDone = 0;
  #last: { atMs: number; bytesMoved: number; busyMs: Readonly<Record<Labour, number>> };
  #bytesMoved = 0;
  readonly #rate = new Smoothed();
  readonly #share = { generator: new Smoothed(0), comparison: new Smoothed(0) };

  /** `now` is a monotonic clock in milliseconds. */
  constructor(bytesTotal: number, now: () => number) {
    this.#bytesTotal = bytesTotal;
    this.#now = now;
    this.#last = { atMs: now(), bytesMoved: 0, busyMs: { ...this.#busyMs } };
  }

  get bytesDone(): number {
    return this.#bytesDone;
  }

  /** All bytes that moved; unlike the bytes that are done it never goes back. */
  get bytesMoved(): number {
    return this.#bytesMoved;
  }

  /** At the last look; 0 before the first. */
  get bytesPerSecond(): number {
    return this.#rate.value ?? 0;
  }

  add(bytes: number): void {
    this.#bytesDone += bytes;
    this.#bytesMoved += bytes;
  }

  /** Where the job stands, without anything having moved: at the end of a step, or where an earlier process stopped. */
  moveTo(bytesDone: number): void {
    this.#bytesDone = bytesDone;
  }

  /** Does that work and counts how long it took. */
  timed<T>(labour: Labour, work: () => T): T {
    const begunMs = this.#now();
    const result = work();
    this.#busyMs[labour] += this.#now() - begunMs;
    return result;
  }

  busyMs(labour: Labour): number {
    return this.#busyMs[labour];
  }

  /** After a pause: the time that passed says nothing of the rate. */
  restart(): void {
    this.#last = { atMs: this.#now(), bytesMoved: this.#bytesMoved, busyMs: { ...this.#busyMs } };
  }

  /** To be called a few times a second; each call also takes a sample of the rate. */
  read(): Measured {
    this.#sample();
    const leftBytes = Math.max(0, this.#bytesTotal - this.#bytesDone);
    const rate = this.bytesPerSecond;
    return {
      bytesDone: this.#bytesDone,
      bytesTotal: this.#bytesTotal,
      bytesPerSecond: Math.round(rate),
      etaMs: rate > 0 ? Math.round((leftBytes / rate) * 1000) : null,
      limit: rate > 0 ? this.#limit() : null,
    };
  }

  #limit(): "disk" | Labour {
    const generator = this.#share.generator.value ?? 0;
    const comparison = this.#share.comparison.value ?? 0;
    if (generator + comparison < busyShare) return "disk";
    return generator > comparison ? "generator" : "comparison";
  }

  #sample(): void {
    const atMs = this.#now();
    const passedMs = atMs - this.#last.atMs;
    if (passedMs <= 0) return;
    this.#rate.add(((this.#bytesMoved - this.#last.bytesMoved) / passedMs) * 1000, passedMs);
    for (const labour of ["generator", "comparison"] as const) {
      const share = (this.#busyMs[labour] - this.#last.busyMs[labour]) / passedMs;
      this.#share[labour].add(share, passedMs);
    }
    this.restart();
  }
}
