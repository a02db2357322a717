import type { Clock } from "./clock.ts";
import { delay } from "./delay.ts";
import { systemClock } from "./system-clock.ts";

/** Whose time it is, and what ends it. */
export interface EveryOptions {
  readonly clock?: Clock;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
  /** Calls at once, too, and not only after the first interval. */
  readonly now?: boolean;
}

/**
 * Calls `fn` every `intervalMs`, and waits for its promise before the next call. The calls stay on the grid of the
 * beginning, however long each takes: ticks that passed meanwhile are missed, and `fn` is told how many. Twisted's
 * `LoopingCall`. Resolves when the signal ends it; rejects with the first error of `fn`, and calls no more.
 */
export async function every(
  intervalMs: number,
  fn: (missedTicks: number) => unknown,
  { clock = systemClock, signal, now = false }: EveryOptions = {},
): Promise<void> {
  if (!(intervalMs > 0)) throw new RangeError(`Cannot repeat: the interval is ${intervalMs} ms`);
  const startedMs = clock.nowMs();
  let tick = 0;
  if (now && !signal?.aborted) await fn(0);
  for (;;) {
    // A timer may be a moment early: the tick that it was for is over all the same.
    const due = Math.max(tick, Math.floor((clock.nowMs() - startedMs) / intervalMs));
    const missedTicks = due - tick;
    tick = due + 1;
    const isOver = await endedWhileWaiting(startedMs + tick * intervalMs, clock, signal);
    if (isOver) return;
    await fn(missedTicks);
  }
}

async function endedWhileWaiting(
  untilMs: number,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await delay(untilMs - clock.nowMs(), { clock, signal });
    return signal?.aborted ?? false;
  } catch {
    return true;
  }
}
