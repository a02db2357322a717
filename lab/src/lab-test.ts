/**
 * Runs the scenarios one after another, one machine at a time, and says how each went:
 *
 *     npm run lab:test                    all of them
 *     npm run lab:test -- sanitize dd     those with one of these words in their names
 *     npm run lab:test -- --list          their names
 */
import { setTimeout as delay } from "node:timers/promises";
import { whyNoFaultLoops, whyNoMachines } from "./requirements.ts";
import { scenarios } from "./scenarios/index.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { prepareMachine } from "./setup/prepare-machine.ts";
import { whyNotBuilt } from "./stations/our-programs.ts";
import { until } from "./until.ts";
import { leftBehind } from "./work-folder.ts";

/** Ten times what the longest takes on a machine that does nothing else. */
const longestMs = 15 * 60_000;

const [first, ...rest] = process.argv.slice(2);
if (first === "--list") for (const { name } of scenarios) say(name);
else process.exitCode = await runAll(chosen(first === undefined ? [] : [first, ...rest]));

function chosen(words: readonly string[]): readonly Scenario[] {
  return words.length === 0
    ? scenarios
    : scenarios.filter(({ name }) => words.some((word) => name.includes(word)));
}

/** The exit code. */
async function runAll(wanted: readonly Scenario[]): Promise<number> {
  prepareMachine(say);
  const missing = whyNoFaultLoops() ?? whyNoMachines() ?? whyNotBuilt();
  if (missing) throw new Error(`Cannot run the lab: it ${missing}`);
  let passed = 0;
  const beganAt = performance.now();
  for (const [i, scenario] of wanted.entries()) {
    const isLast = scenario.machine !== wanted[i + 1]?.machine;
    if (await runOne(scenario, isLast)) passed++;
  }
  const failed = wanted.length - passed;
  say(`It took ${((performance.now() - beganAt) / 1000).toFixed(0)} s`);
  say(`lab: ${wanted.length} scenarios, ${passed} passed, ${failed} failed`);
  return failed === 0 && wanted.length > 0 ? 0 : 1;
}

/** True when it passed. After the last one, and after a failure, a shared machine is ended. */
async function runOne({ name, run, machine }: Scenario, isLast: boolean): Promise<boolean> {
  const beganAt = performance.now();
  const seconds = () => `${((performance.now() - beganAt) / 1000).toFixed(1)} s`;
  try {
    await Promise.race([run(), tooLate()]);
    if (isLast) await machine?.end();
    if (!machine?.isUp) await assertNothingLeft();
    say(`✓ ${name} (${seconds()})`);
    return true;
  } catch (error) {
    await machine?.end();
    say(`✗ ${name} (${seconds()})\n${indented((error as Error).stack ?? String(error))}`);
    return false;
  }
}

/** A scenario that waits for what never comes must not keep the others. */
async function tooLate(): Promise<never> {
  await delay(longestMs, null, { ref: false });
  throw new Error(`Not done after ${longestMs / 60_000} minutes`);
}

/** A process that has been killed is there for a moment longer. */
async function assertNothingLeft(): Promise<void> {
  await until("nothing is left", () => leftBehind().length === 0, { limitMs: 5000 }).catch(() => {
    throw new Error(`Left behind: ${leftBehind().join(", ")}`);
  });
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
