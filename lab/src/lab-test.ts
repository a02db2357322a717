/**
 * Runs the scenarios, two rows of them side by side, and says how each went:
 *
 *     npm run lab:test                    all of them
 *     npm run lab:test -- sanitize dd     those with one of these words in their names
 *     npm run lab:test -- --quick         all but the long ones
 *     npm run lab:test -- --one-row       one after another, to find out which one disturbs another
 *     npm run lab:test -- --list          their names
 */
import { availableParallelism } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { whyNoFaultLoops, whyNoLab, whyNoMachines } from "./requirements.ts";
import { scenarios } from "./scenarios/index.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { prepareMachine } from "./setup/prepare-machine.ts";
import { bundleStation } from "./stations/bundle-station.ts";
import { whyNotBuilt } from "./stations/our-programs.ts";
import { until } from "./until.ts";
import { leftBehind } from "./work-folder.ts";

/** Ten times what the longest takes on a machine that does nothing else. */
const longestMs = 15 * 60_000;

const { values: options, positionals: words } = parseArgs({
  options: {
    list: { type: "boolean", default: false },
    "one-row": { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
if (options.list) for (const { name } of scenarios) say(name);
else process.exitCode = await runAll(chosen());

function chosen(): readonly Scenario[] {
  if (options.quick) return scenarios.filter(({ isLong = false }) => !isLong);
  if (words.length === 0) return scenarios;
  return scenarios.filter(({ name }) => words.some((word) => name.includes(word)));
}

/** The exit code. */
async function runAll(wanted: readonly Scenario[]): Promise<number> {
  const why = whyNoLab();
  if (why) {
    say(`lab: ${wanted.length} scenarios, all skipped: the lab ${why}`);
    return 0;
  }
  prepareMachine(say);
  const missing = whyNoFaultLoops() ?? whyNoMachines() ?? whyNotBuilt();
  if (missing) throw new Error(`Cannot run the lab: it ${missing}`);
  const beganAt = performance.now();
  await bundleStation();
  const failed = await failuresOf(wanted);
  const left = await whatIsLeft();
  if (left.length > 0) say(`Left behind: ${left.join(", ")}`);
  say(
    `lab: ${wanted.length} scenarios, ${wanted.length - failed} passed, ${failed} failed, 0 skipped, ` +
      `${scenarios.length - wanted.length} not asked for, ${left.length} things left behind, ${((performance.now() - beganAt) / 1000).toFixed(0)} s`,
  );
  return failed === 0 && left.length === 0 && wanted.length > 0 ? 0 : 1;
}

/** A machine has one processor: two of them keep two busy. */
async function failuresOf(wanted: readonly Scenario[]): Promise<number> {
  const lanes = options["one-row"] ? 1 : Math.min(2, availableParallelism());
  const rows = rowsOf(wanted).values();
  let failed = 0;
  const runRows = async () => {
    for (const row of rows) {
      for (const scenario of row) if (!(await runOne(scenario, scenario === row.at(-1)))) failed++;
    }
  };
  await Promise.all(Array.from({ length: lanes }, runRows));
  return failed;
}

/** Those that share a machine follow one another; each other one is a row of its own. */
function rowsOf(wanted: readonly Scenario[]): Scenario[][] {
  const rows: Scenario[][] = [];
  for (const scenario of wanted) {
    const row = rows.at(-1);
    if (scenario.machine && scenario.machine === row?.at(-1)?.machine) row.push(scenario);
    else rows.push([scenario]);
  }
  return rows;
}

/** True when it passed. After the last one, and after a failure, a shared machine is ended. */
async function runOne({ name, run, machine }: Scenario, isLast: boolean): Promise<boolean> {
  const beganAt = performance.now();
  const seconds = () => `${((performance.now() - beganAt) / 1000).toFixed(1)} s`;
  try {
    await Promise.race([run(), tooLate()]);
    if (isLast) await machine?.end();
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
async function whatIsLeft(): Promise<string[]> {
  await until("nothing is left", () => leftBehind().length === 0, { limitMs: 5000 }).catch(() => {});
  return leftBehind();
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
