/**
 * Kills a real station again and again while real clients use it, and looks each time what it has left:
 *
 *     npm run soak -- --kills 2000 [--seed 4711] [--program compiled|source]
 *
 * Ends with one line of figures, and with exit code 1 when something was lost, doubled or corrupt, or when something that
 * should sometimes happen never did. What a seed decides is who is killed when and who wants what; how fast the machine
 * is it does not decide, so the same seed makes a like soak, not the same.
 */
import { parseArgs } from "node:util";
import { programThere, type Program } from "./mortal-station.ts";
import { soak } from "./soak.ts";

/** In so many kills everything that sometimes happens must have happened. */
const enoughKills = 200;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    seed: { type: "string", default: String(1 + Math.floor(Math.random() * 2 ** 31)) },
    program: { type: "string", default: programThere() },
  },
});

const seed = Number(values.seed);
const kills = Number(values.kills);
const program = values.program as Program;
if (!(kills > 0)) throw new Error(`Cannot kill so often: ${values.kills} is no number of kills`);
if (!["compiled", "source"].includes(program))
  throw new Error(`Cannot run the ${program} program: there is none`);
const begunMs = performance.now();
const elapsedMs = (): number => performance.now() - begunMs;

console.log(`soak with seed ${seed}, the station's ${program} program`);
const { figures, folder } = await soak({
  kills,
  seed,
  program,
  progressed: (newest) => console.log(newest.text(seed, elapsedMs())),
});
for (const [name, count] of figures.sometimes) console.log(`${String(count).padStart(9)}  ${name}`);
for (const { kind, what } of figures.breaches) console.log(`${kind}: ${what}`);
if (folder !== null) console.log(`What is left is in ${folder}`);
const never = figures.kills >= enoughKills ? figures.never : [];
if (never.length > 0) console.log(`Never happened: ${never.join(", ")}`);
console.log(figures.text(seed, elapsedMs()));
process.exit(figures.breaches.length + never.length === 0 ? 0 : 1);
