import { setTimeout as delay } from "node:timers/promises";

/** Generous: a boot of 3 seconds has been seen to take 35 on a busy machine. */
const defaultLimitMs = 60_000;

/** Waits until `condition` gives something, and gives that. Fails with `what` was waited for. */
export async function until<T>(
  what: string,
  condition: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  { limitMs = defaultLimitMs, everyMs = 10 }: { limitMs?: number; everyMs?: number } = {},
): Promise<T> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const found = await condition();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > giveUpAt) throw new Error(`Waited in vain until ${what}: ${limitMs} ms`);
    await delay(everyMs);
  }
}
