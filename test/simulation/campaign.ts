/** Worlds from many seeds, one after the other. */
import { runSeed, type Lived } from "./run-seed.ts";
import { Sometimes } from "./sometimes.ts";

/** In so many seeds everything that sometimes happens must have happened. */
const enoughSeeds = 3_000;

export interface CampaignOptions {
  readonly from: number;
  readonly count: number;
  /** The fault that stands in the code; for the command that replays. */
  readonly mutant?: string | undefined;
  /** Says what each world's trace hashes to. */
  readonly hasHashes?: boolean | undefined;
}

/** True when all held. Ends at the first that does not. */
export async function campaign({ from, count, mutant, hasHashes }: CampaignOptions): Promise<boolean> {
  Error.stackTraceLimit = 0; // thousands of errors are made for nobody to read
  const sometimes = new Sometimes();
  const begun = process.cpuUsage();
  const sums = { virtualMs: 0, events: 0, steps: 0, hash: 0 };
  let failed: Lived | null = null;
  let seeds = 0;
  for (let seed = from; seed < from + count && failed === null; seed++) {
    const lived = await runSeed({ seed, sometimes });
    seeds += 1;
    if (hasHashes) say(`seed ${seed} hash ${lived.hashHex}`);
    sums.virtualMs += lived.virtualMs;
    sums.events += lived.events;
    sums.steps += lived.steps.machine + lived.steps.client;
    sums.hash = (Math.imul(sums.hash, 31) + Number.parseInt(lived.hashHex, 16)) >>> 0;
    if (lived.breach !== null) failed = lived;
  }
  const { user, system } = process.cpuUsage(begun);
  const cpuSeconds = (user + system) / 1e6;
  if (mutant === undefined) say(countsOf(sometimes));
  if (failed !== null) await tell(failed, mutant);
  const never = seeds >= enoughSeeds ? sometimes.never : [];
  if (never.length > 0) say(`Never happened: ${never.join(", ")}`);
  say(
    `simulate: ${seeds} seeds, ${failed === null ? "0 failures" : `seed ${failed.seed} breaks ${failed.breach!.invariant}`}, ` +
      `${(sums.virtualMs / 3_600_000).toFixed(1)} virtual hours, ${sums.events} events, ${sums.steps} steps, ` +
      `${cpuSeconds.toFixed(1)} s of processor time, ${Math.round((seeds / cpuSeconds) * 60)} seeds/min, ` +
      `hash ${sums.hash.toString(16).padStart(8, "0")}`,
  );
  return failed === null && never.length === 0;
}

/** Shows all that happens in one world. */
export async function replay(seed: number): Promise<boolean> {
  const lived = await runSeed({ seed, isTraced: true });
  say(lived.lines.join("\n"));
  const { breach } = lived;
  say(
    `simulate: seed ${seed}, ${breach ? `breaks ${breach.invariant}: ${breach.what}` : "0 failures"}, hash ${lived.hashHex}`,
  );
  return breach === null;
}

/** The end of what happened, and how to see all of it. */
async function tell({ seed }: Lived, mutant: string | undefined): Promise<void> {
  Error.stackTraceLimit = 10;
  const { lines, breach } = await runSeed({ seed, isTraced: true });
  const named = mutant === undefined ? "" : ` --mutant "${mutant}"`;
  if (mutant === undefined) say(lines.slice(-60).join("\n"));
  say(`Seed ${seed} breaks ${breach?.invariant ?? "nothing when it is run again"}: ${breach?.what ?? ""}`);
  say(`Run it again: npm run simulate -- --replay ${seed}${named}`);
}

function countsOf({ counts }: Sometimes): string {
  return [...counts].map(([name, count]) => `${String(count).padStart(9)}  ${name}`).join("\n");
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
