import { asError } from "./as-error.ts";
import type { Clock } from "./clock.ts";
import { systemClock } from "./system-clock.ts";

/** Whose time it is, and what gives it up. */
export interface DelayOptions {
  readonly clock?: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves after `delayMs`; rejects with the signal's reason when that comes first. */
export function delay(delayMs: number, { clock = systemClock, signal }: DelayOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const call = clock.callLater(delayMs, () => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    });
    const giveUp = () => {
      call.cancel();
      reject(asError(signal?.reason));
    };
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}
