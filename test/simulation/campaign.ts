/** Worlds from many seeds, one after the other. */
import { crashText, type Calm } from "./planned-crash.ts";
import { runSeed, type Lived } from "./run-seed.ts";
import { Sometimes } from "./sometimes.ts";

/** In so many seeds everything that sometimes happens must have happened. */
const enoughSeeds = 3_000;

/** A long campaign says after so many seeds how far it is, so that one that is cut off has not been for nothing. */
const seedsBetweenWords = 5_000;

export interface CampaignOptions {
  readonly from: number;
  readonly count: number;
  /** The fault that stands in the code; for the command that replays. */
  readonly mutant?: string | undefined;
  /** Says what each world's trace hashes to. */
  readonly hasHashes?: boolean | undefined;
}

/** True when all held. Ends at the first that does not; told to end (SIGTERM), after the world that it is in. */
export async function campaign({ from, count, mutant, hasHashes }: CampaignOptions): Promise<boolean> {
  Error.stackTraceLimit = 0; // thousands of errors are made for nobody to read
  const sometimes = new Sometimes();
  const sums = new Sums();
  let failed: Lived | null = null;
  const ending = new AbortController();
  process.once("SIGTERM", () => ending.abort());
  for (let seed = from; seed < from + count && failed === null && !ending.signal.aborted; seed++) {
    const lived = await runSeed({ seed, sometimes });
    sums.add(lived);
    if (hasHashes) say(`seed ${seed} hash ${lived.hashHex}`);
    if (lived.breach !== null) failed = lived;
    if (sums.seeds % seedsBetweenWords === 0) process.stderr.write(`so far: ${sums.text(failed)}\n`);
  }
  if (mutant === undefined) say(countsOf(sometimes));
  if (failed !== null) await tell({ seed: failed.seed, mutant });
  const never = sums.seeds >= enoughSeeds ? sometimes.never : [];
  if (never.length > 0) say(`Never happened: ${never.join(", ")}`);
  say(`simulate: ${sums.text(failed)}`);
  return failed === null && never.length === 0;
}

/** What all worlds of a campaign come to. */
class Sums {
  seeds = 0;
  readonly #begun = process.cpuUsage();
  #virtualMs = 0;
  #events = 0;
  #steps = 0;
  #hash = 0;

  add({ virtualMs, events, steps, hashHex }: Lived): void {
    this.seeds += 1;
    this.#virtualMs += virtualMs;
    this.#events += events;
    this.#steps += steps.machine + steps.client;
    this.#hash = (Math.imul(this.#hash, 31) + Number.parseInt(hashHex, 16)) >>> 0;
  }

  text(failed: Lived | null): string {
    const { user, system } = process.cpuUsage(this.#begun);
    const cpuSeconds = (user + system) / 1e6;
    return (
      `${this.seeds} seeds, ${failed === null ? "0 failures" : `seed ${failed.seed} breaks ${failed.breach!.invariant}`}, ` +
      `${(this.#virtualMs / 3_600_000).toFixed(1)} virtual hours, ${this.#events} events, ${this.#steps} steps, ` +
      `${cpuSeconds.toFixed(1)} s of processor time, ${Math.round((this.seeds / cpuSeconds) * 60)} seeds/min, ` +
      `hash ${this.#hash.toString(16).padStart(8, "0")}`
    );
  }
}

/** Which world it is, and how its code was broken. */
export interface Named {
  readonly seed: number;
  readonly calm?: Calm | undefined;
  readonly mutant?: string | undefined;
}

/** Shows all that happens in one world. */
export async function replay({ seed, calm }: Named): Promise<boolean> {
  const { lines, breach, hashHex } = await runSeed({ seed, calm, isTraced: true });
  say(lines.join("\n"));
  say(
    `simulate: seed ${seed}, ${breach ? `breaks ${breach.invariant}: ${breach.what}` : "0 failures"}, hash ${hashHex}`,
  );
  return breach === null;
}

/** The end of what happened, and how to see all of it. */
export async function tell({ seed, calm, mutant }: Named): Promise<void> {
  Error.stackTraceLimit = 10;
  const { lines, breach } = await runSeed({ seed, calm, isTraced: true });
  if (mutant === undefined) say(lines.slice(-60).join("\n"));
  say(`Seed ${seed} breaks ${breach?.invariant ?? "nothing when it is run again"}: ${breach?.what ?? ""}`);
  const crash = calm === undefined ? "" : ` --crash "${crashText(calm)}"`;
  const broken = mutant === undefined ? "" : ` --mutant "${mutant}"`;
  say(`Run it again: npm run simulate -- --replay ${seed}${crash}${broken}`);
}

function countsOf({ counts }: Sometimes): string {
  return [...counts].map(([name, count]) => `${String(count).padStart(9)}  ${name}`).join("\n");
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
