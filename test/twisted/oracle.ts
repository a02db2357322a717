/**
 * Holds our receivers against Twisted's: `npm run oracle -- --cases N --seed S`. Ends with `N cases, D differences`,
 * and with code 1 when there are any.
 *
 * `--receiver NAME` tries one receiver, `--source FOLDER` another copy of the reactor's sources, and
 * `--write-golden` writes the traces that `oracle.test.ts` compares where there is no Twisted.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ReceiverName } from "./case.ts";
import { compare, type Comparison } from "./compare.ts";
import { writeGolden } from "./golden.ts";
import { loadReactor } from "./reactor-module.ts";
import { receiverNames } from "./receivers.ts";
import { twistedVersion } from "./twisted-process.ts";

const SHOWN = 5;
const root = join(import.meta.dirname, "../..");

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
    receiver: { type: "string" },
    source: { type: "string", default: join(root, "packages/reactor/src") },
    "write-golden": { type: "boolean", default: false },
  },
});

const [count, seed] = [wholeNumber("cases"), wholeNumber("seed")];

if (!twistedVersion()) {
  console.error("Cannot ask Twisted: it is not installed; apt-get install python3-twisted");
  process.exit(2);
}
if (values["write-golden"]) await writeGolden();
else process.exitCode = report(await run());

function wholeNumber(name: "cases" | "seed"): number {
  const text = values[name];
  if (!/^\d{1,15}$/.test(text)) {
    console.error(`Cannot compare: --${name} is ${JSON.stringify(text)}, and not a whole number`);
    process.exit(2);
  }
  return Number(text);
}

async function run(): Promise<Comparison> {
  const reactor = await loadReactor(values.source);
  const chosen = values.receiver ? [values.receiver as ReceiverName] : receiverNames;
  console.log(`seed ${seed}: ${chosen.join(", ")}`);
  return compare({ reactor, receivers: chosen, cases: count, seed });
}

function report({ cases, chunks, differences }: Comparison): number {
  for (const difference of differences.slice(0, SHOWN)) {
    console.log(`case     ${JSON.stringify(difference.case)}`);
    console.log(`expected ${JSON.stringify(difference.expected)}`);
    console.log(`ours     ${JSON.stringify(difference.ours)}\n`);
  }
  console.log(`${chunks} chunks`);
  console.log(`${cases} cases, ${differences.length} differences`);
  return differences.length > 0 ? 1 : 0;
}
