/** How the handlers behave that are fuzzed: as their input says, so that both sides know what must come of it. */

export type Temper = "well" | "refuses" | "postpones" | "mistaken" | "slow" | "asleep";

/** How long a slow handler takes, and one that sleeps longer than any peer may be silent. */
export const slowMs = 3_000;
export const asleepMs = 19_000;

const tempers: Readonly<Record<string, Temper>> = {
  "/dev/none": "refuses",
  "/dev/later": "postpones",
  "/dev/mistake": "mistaken",
  "/dev/slow": "slow",
  "/dev/asleep": "asleep",
};

/** The names that make a handler behave in some way, and some that do not; with how often each is wanted. */
export const places: readonly (readonly [weight: number, name: string])[] = [
  [60, "/dev/a"],
  [20, "/dev/b"],
  [20, "/dev/none"],
  [10, "/dev/later"],
  [10, "/dev/mistake"],
  [10, "/dev/slow"],
  [1, "/dev/asleep"],
];

/** Of what a method was given, checked or not. */
export function temperOf(input: object): Temper {
  const { path, job } = input as { path?: unknown; job?: unknown };
  const named = path ?? job;
  return typeof named === "string" && Object.hasOwn(tempers, named) ? tempers[named]! : "well";
}
