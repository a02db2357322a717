import type { Random } from "./random.ts";

/** How long to wait before the next attempt, after so many failures in a row (1, 2, …). */
export type RetryPolicy = (failures: number, random: Random) => number;

/** The first bound (100 ms), the last one (30 s), and what it grows by (2). */
export interface FullJitterOptions {
  readonly initialMs?: number;
  readonly maxMs?: number;
  readonly factor?: number;
}

/**
 * Waits anything from nothing to a bound that grows by `factor` with each failure, and never exceeds `maxMs`:
 * thousands of clients that lost one server do not come back in one moment. (M. Brooker, "Exponential Backoff
 * And Jitter", AWS Architecture Blog, 2015.)
 */
export function fullJitter({
  initialMs = 100,
  maxMs = 30_000,
  factor = 2,
}: FullJitterOptions = {}): RetryPolicy {
  return (failures, random) => random.number() * Math.min(maxMs, initialMs * factor ** (failures - 1));
}
