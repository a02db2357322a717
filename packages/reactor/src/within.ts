import type { Clock } from "./clock.ts";

/** Waits for the promise, but for no longer than `limitMs`. What it rejects with is its owner's to know. */
export async function within(clock: Clock, limitMs: number, promise: Promise<unknown>): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const call = clock.callLater(limitMs, limit.resolve);
  await Promise.race([promise.catch(() => {}), limit.promise]);
  call.cancel();
}
