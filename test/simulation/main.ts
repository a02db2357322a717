/**
 * Lives through simulated worlds until something does not hold.
 *
 *     npm run simulate -- --seeds 10000 [--from 1]    worlds from that many seeds
 *     npm run simulate -- --replay 4711               one of them, with all that happens in it
 *     npm run simulate -- --replay 4711 --crash "kill a job at 17"    the calm one, with that crash of a sweep
 *     npm run simulate -- --sweep 100000              crashes at every step of calm worlds, until so many were tried
 *     npm run simulate -- --mutants [NAME…]           breaks the code on purpose, and looks whether that is noticed
 *
 * Each ends with one line of figures, and with exit code 1 when an invariant did not hold.
 */
import { parseArgs } from "node:util";
import { changeSources, foundOnce, smallWorld } from "./change-sources.ts";
import { mutants } from "./mutants.ts";
import { parseCrash } from "./planned-crash.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    replay: { type: "string" },
    /** Of a replay: the world is calm, but for this crash; "none": for none. */
    crash: { type: "string" },
    sweep: { type: "string" },
    mutants: { type: "boolean" },
    /** Of a sweep: only every so-manieth step. */
    every: { type: "string", default: "1" },
    /** Of a campaign: say what each world hashes to. */
    hashes: { type: "boolean" },
    /** Breaks the code in that way first; for the children of --mutants. */
    mutant: { type: "string" },
    /** Only looks whether each mutant fits the sources. */
    "check-mutants": { type: "boolean" },
  },
});

const chosen = mutants.find(({ name }) => name === values.mutant);
if (values.mutant !== undefined && !chosen) throw new Error(`Cannot find the mutant "${values.mutant}"`);
changeSources([...smallWorld, ...foundOnce, ...(chosen?.changes ?? [])]);
const { campaign, replay } = await import("./campaign.ts");
const { sweep } = await import("./sweep.ts");
const { checkMutants, tryMutants } = await import("./try-mutants.ts");

process.exitCode = (await work()) ? 0 : 1;

function work(): Promise<boolean> {
  const { mutant, crash, hashes: hasHashes } = values;
  const from = Number(values.from);
  if (values.replay !== undefined)
    return replay({ seed: Number(values.replay), calm: crash === undefined ? undefined : parseCrash(crash) });
  if (values["check-mutants"]) return checkMutants();
  if (values.mutants) return tryMutants({ names: positionals, mostSeeds: Number(values.seeds ?? 20_000) });
  if (values.sweep === undefined)
    return campaign({ from, count: Number(values.seeds ?? 1000), mutant, hasHashes });
  return sweep({ count: Number(values.sweep), from, every: Number(values.every), mutant });
}
