/**
 * Crashes at every step: a world in which nothing breaks is lived through once to count its steps, then again and again
 * with one crash, at the first step, at the second, and so on.
 */
import { say } from "./campaign.ts";
import { runSeed } from "./run-seed.ts";
import type { PlannedCrash } from "./world.ts";

const ways = [
  ["kill the station", "machine"],
  ["power cut", "machine"],
  ["kill a job", "job"],
  ["kill a client", "client"],
] as const satisfies readonly (readonly [PlannedCrash["how"], string])[];

export interface SweepOptions {
  readonly count: number;
  readonly from: number;
  /** Only at each so-manieth step. */
  readonly every: number;
  readonly mutant: string | undefined;
}

/** True when all held after each of that many crashes. */
export async function sweep({ count, from, every, mutant }: SweepOptions): Promise<boolean> {
  Error.stackTraceLimit = 0;
  const begun = process.cpuUsage();
  const tried = { crashes: 0, worlds: 0 };
  const figures = (): string => {
    const { user, system } = process.cpuUsage(begun);
    return `${tried.crashes} crash points in ${tried.worlds} worlds, ${((user + system) / 1e6).toFixed(1)} s of processor time`;
  };
  for (let seed = from; tried.crashes < count; seed++) {
    const calm = await runSeed({ seed, calm: { crash: null } });
    if (calm.breach !== null) return failed(seed, null, calm.breach.what);
    tried.worlds += 1;
    for (const [how, of] of ways) {
      for (let step = 1; step <= calm.steps[of] && tried.crashes < count; step += every) {
        const lived = await runSeed({ seed, calm: { crash: { step, how } } });
        tried.crashes += 1;
        if (lived.breach === null) continue;
        const { lines } = await runSeed({ seed, isTraced: true, calm: { crash: { step, how } } });
        if (mutant === undefined) say(lines.slice(-60).join("\n"));
        return failed(seed, { step, how }, `${lived.breach.invariant}: ${lived.breach.what}`);
      }
    }
  }
  say(`simulate: sweep, 0 failures, ${figures()}`);
  return true;

  function failed(seed: number, crash: PlannedCrash | null, what: string): false {
    const when = crash === null ? "without a crash" : `after "${crash.how}" at step ${crash.step}`;
    say(`simulate: sweep, seed ${seed} ${when} breaks ${what}; ${figures()}`);
    return false;
  }
}
