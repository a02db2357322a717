/** Breaks the code in each of the ways of `mutants.ts`, one after the other, and looks whether the simulator notices. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { say } from "./campaign.ts";
import { checkChanges } from "./change-sources.ts";
import { mutants, type Mutant } from "./mutants.ts";

/** Of one that is argued to be harmless so many seeds are enough. */
const mostSeedsOfHarmless = 500;

interface Tried {
  readonly mutant: Mutant;
  readonly how: "killed" | "survived" | "does not fit";
  /** The last line of what the child said. */
  readonly words: string;
}

export interface MutantsOptions {
  /** All, if none is named; "from:NAME" for that one and all after it. */
  readonly names: readonly string[];
  /** What is not found in that many seeds survives. */
  readonly mostSeeds: number;
}

/** True when every change fitted and every mistake was found that is not harmless. */
export async function tryMutants({ names, mostSeeds }: MutantsOptions): Promise<boolean> {
  const unknown = names.find(
    (name) => !name.startsWith("from:") && !mutants.some((mutant) => mutant.name === name),
  );
  if (unknown !== undefined) throw new Error(`Cannot try "${unknown}": there is no such mutant`);
  const first = names[0]?.startsWith("from:")
    ? mutants.findIndex(({ name }) => name === names[0]!.slice(5))
    : 0;
  const chosen = mutants.filter(({ name }, i) =>
    names.length === 0 || first > 0 ? i >= first : names.includes(name),
  );
  const all: Tried[] = [];
  for (const mutant of chosen) {
    const tried = await tryOne(mutant, mostSeeds);
    all.push(tried);
    say(`${tried.how.padEnd(12)} ${mutant.name}: ${tried.words}`);
  }
  const bad = all.filter(({ mutant, how }) => how !== (mutant.expect === "killed" ? "killed" : "survived"));
  const killed = all.filter(({ how }) => how === "killed").length;
  const harmless = all.filter(({ mutant, how }) => how === "survived" && mutant.expect !== "killed").length;
  say(
    `simulate: ${all.length} mutants, ${killed} killed, ${harmless} argued to be harmless, ${bad.length} not as expected` +
      (bad.length > 0 ? `: ${bad.map(({ mutant }) => mutant.name).join("; ")}` : ""),
  );
  return bad.length === 0;
}

/** True when every change fits its file. */
export async function checkMutants(): Promise<boolean> {
  for (const { name, changes } of mutants) {
    try {
      checkChanges(changes);
    } catch (error) {
      say(`${name}: ${(error as Error).message}`);
      return false;
    }
  }
  say(`simulate: ${mutants.length} mutants fit`);
  return true;
}

async function tryOne(mutant: Mutant, mostSeeds: number): Promise<Tried> {
  const seeds = mutant.expect === "killed" ? mostSeeds : mostSeedsOfHarmless;
  const { exitCode, output } = await run(["--mutant", mutant.name, "--seeds", String(seeds)]);
  const lines = output.trimEnd().split("\n");
  const found = lines.find((line) => /^Seed \d+ breaks/.test(line));
  if (found !== undefined) return { mutant, how: "killed", words: found.slice(0, 200) };
  if (lines.at(-1)?.startsWith("simulate:") && (exitCode === 0 || output.includes("Never happened")))
    return { mutant, how: "survived", words: lines.at(-1)! };
  return {
    mutant,
    how: "does not fit",
    words: lines.find((line) => line.includes("Error")) ?? lines.join(" ").slice(-300),
  };
}

function run(args: readonly string[]): Promise<{ exitCode: number | null; output: string }> {
  const program = join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve) => child.on("close", (exitCode) => resolve({ exitCode, output })));
}
