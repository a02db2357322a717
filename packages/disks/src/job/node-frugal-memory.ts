/**
 * There may be a hundred jobs' processes on a machine, so each gives back what it does not need. V8 would do so when
 * memory is short, which is of no use to the others. (`spawn-job.ts` starts us with `--expose-gc`.)
 */
import type { JobEvent } from "../disk-host.ts";

export function giveBackMemory(): void {
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
}

/** After this what was begun is at work, and what beginning it took is garbage: code that ran once, what compiled it. */
const beginningMs = 1000;

export function giveBackMemorySoon(): void {
  setTimeout(giveBackMemory, beginningMs).unref();
}

/**
 * To be called with each event of a job. The room for short-lived objects is all touched before V8 empties it by itself;
 * emptied at each progress, most of it never is.
 */
export function keepFrugal({ type }: JobEvent): void {
  if (type === "verifying") giveBackMemorySoon();
  if (type === "progress") globalThis.gc?.({ type: "minor", execution: "sync" });
}
