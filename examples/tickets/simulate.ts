/**
 * Lives through worlds until something does not hold, and says how to see it again:
 *
 *     node --conditions=trofie-source examples/tickets/simulate.ts --seeds 1000 [--from 1]
 *     node --conditions=trofie-source examples/tickets/simulate.ts --replay 17
 *
 * With `--flaw "the box office forgets its verdicts"`, or another of `flaws`, there is something to find.
 */
import { parseArgs } from "node:util";
import { readArguments } from "../program.ts";
import { flaws } from "./faults.ts";
import { World } from "./world.ts";

const program = "node --conditions=trofie-source examples/tickets/simulate.ts";

const { replay, from, seeds, flaw } = readArguments(`${program} [--seeds COUNT | --replay SEED]`, () => {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { replay: text, from: text, seeds: text, flaw: text } });
  if (values.flaw && !flaws[values.flaw]) throw new Error(`The flaws are: ${Object.keys(flaws).join("; ")}`);
  return values;
});

const first = Number(replay ?? from ?? 1);
const count = replay === undefined ? Number(seeds ?? 1000) : 1;
let seed = first;
let world = await new World(seed).live(flaw);
while (world.broken === null && seed + 1 < first + count) world = await new World(++seed).live(flaw);

if (replay !== undefined) console.log(world.trace.join("\n"));
console.log(world.broken === null ? `${count} worlds, and all held` : `Seed ${seed}: ${world.broken}`);
if (world.broken !== null) {
  console.log(`See it again: ${program} --replay ${seed}${flaw === undefined ? "" : ` --flaw "${flaw}"`}`);
  process.exitCode = 1;
}
