/**
 * Crashes at every step: a world in which nothing breaks is lived through once to count its steps, then again and again
 * with one crash, at the first step, at the second, and so on.
 */
import { say, tell } from "./campaign.ts";
import { crashKinds, type Calm, type PlannedCrash } from "./planned-crash.ts";
import { runSeed, type Lived } from "./run-seed.ts";

const hows = Object.keys(crashKinds) as PlannedCrash["how"][];

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
  for (let seed = from; tried.crashes < count; seed++) {
    const calm = await live(seed, { crash: null });
    if (calm === null) return end(seed);
    tried.worlds += 1;
    for (const how of hows) {
      const steps = calm.steps[crashKinds[how]];
      for (let step = 1; step <= steps && tried.crashes < count; step += every) {
        tried.crashes += 1;
        if ((await live(seed, { crash: { step, how } })) === null) return end(seed);
      }
    }
  }
  return end(null);

  /** Null, and says so, when something did not hold. */
  async function live(seed: number, calm: Calm): Promise<Lived | null> {
    const lived = await runSeed({ seed, calm });
    if (lived.breach === null) return lived;
    await tell({ seed, calm, mutant });
    return null;
  }

  function end(failed: number | null): boolean {
    const { user, system } = process.cpuUsage(begun);
    say(
      `simulate: sweep, ${failed === null ? "0 failures" : `a crash in seed ${failed} breaks something`}, ` +
        `${tried.crashes} crash points in ${tried.worlds} worlds, ${((user + system) / 1e6).toFixed(1)} s of processor time`,
    );
    return failed === null;
  }
}
