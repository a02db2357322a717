/**
 * Measures ours beside what else there is: `npm run bench:lines`. Ends with one line of figures, and with code 1 when
 * a goal is missed.
 *
 * `--rounds N`, `--seconds S` of each measurement, `--only WORKLOAD,…`, `--peers NAME,…`, `--json PATH`, `--write` for
 * docs/performance.md, and `--reactor FOLDER` for another copy of packages/reactor.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./folders.ts";
import { peers } from "./peers/peers.ts";
import type { Outcome, Plan, Workload } from "./plan.ts";
import { prepare } from "./prepare.ts";
import { goalsTable, summaryOf, verdictOf } from "./report/goals.ts";
import { reportText, writePage } from "./report/page.ts";
import { measureCores } from "./workloads/cores.ts";
import { measureLines } from "./workloads/lines.ts";
import { measureOpenLoop } from "./workloads/open-loop.ts";
import { measureParsers } from "./workloads/parsers.ts";
import { measureMemory, measureStartUp } from "./workloads/per-process.ts";
import { measureRequests } from "./workloads/requests.ts";
import { measureThreads } from "./workloads/threads.ts";

const workloads: readonly Workload[] = [
  measureLines,
  measureOpenLoop,
  measureMemory,
  measureStartUp,
  measureRequests,
  measureThreads,
  measureParsers,
  measureCores,
];

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
    only: { type: "string" },
    peers: { type: "string" },
    json: { type: "string" },
    write: { type: "boolean", default: false },
    reactor: { type: "string", default: join(root, "packages/reactor") },
  },
});

const chosen = peers.filter(
  ({ name }) => !values.peers || name === "c" || values.peers.split(",").includes(name),
);
const absences = await prepare(chosen, values.reactor);
const plan: Plan = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  peers: chosen.filter(({ name }) => !absences.has(name)),
  wants: (workload) => !values.only || values.only.split(",").includes(workload),
};

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
const outcomes: Outcome[] = [];
for (const measure of workloads) outcomes.push(await measure(plan));
const figures = outcomes.flatMap((outcome) => outcome.figures);
const tables = [goalsTable(figures), ...outcomes.flatMap((outcome) => outcome.tables)];
const report = reportText({ tables, absences, plan });

console.log(report);
if (values.json)
  writeFileSync(values.json, JSON.stringify({ plan, absences: [...absences], figures, tables }, null, 2));
if (values.write) await writePage(report);
console.log(`\n${summaryOf(figures)}`);
if (figures.some((figure) => verdictOf(figure) === "missed")) process.exitCode = 1;
