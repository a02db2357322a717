import { isOutcome, type ErasePlan, type Outcome } from "@trofie/contract";
import { withStation, type StationClient } from "./connection.ts";
import { jsonTeller, screenTeller, type EraseTeller } from "./erase-teller.ts";
import { Exit, exitCodes, type ExitWord } from "./exit-codes.ts";
import { jobAhead } from "./job-ahead.ts";
import { openScreen, styled } from "./screen.ts";

export interface EraseOptions {
  readonly method: string;
  /** The word to type, given beforehand by a script. */
  readonly confirm?: string | undefined;
  /** Follow the job to its end. */
  readonly wait: boolean;
  readonly json: boolean;
}

/** How the program ends when the job it waited for ended. */
const exitOf: Readonly<Record<Outcome, ExitWord>> = {
  erased: "done",
  "erased-with-errors": "failed",
  failed: "failed",
  stopped: "stopped",
};

/** `trofie erase DEVICE`: shows the plan, has it confirmed, starts it, and with `--wait` follows it to its end. */
export async function erase(address: string, path: string, options: EraseOptions): Promise<ExitWord> {
  const teller = options.json ? jsonTeller : screenTeller(openScreen(process.stdout));
  const { listener } = teller;
  return withStation(address, (client) => eraseWith(client, path, options, teller), {
    events: true,
    listener,
  });
}

async function eraseWith(
  client: StationClient,
  path: string,
  options: EraseOptions,
  teller: EraseTeller,
): Promise<ExitWord> {
  const { method, json, wait } = options;
  const { plan, hash } = await client.query("erase.plan", { path, method });
  teller.planned(plan, hash);
  const typed = options.confirm ?? (await askForWord(plan, json));
  const erasing = client.operate("erase.start", { path: plan.path, method, hash, typed });
  const job = await erasing.job;
  teller.accepted(job);
  if (!wait) {
    teller.left(job);
    return "done";
  }
  process.once("SIGINT", () => {
    teller.left(job);
    process.exit(exitCodes.left.number);
  });
  const ahead = await jobAhead(client, job);
  if (ahead) teller.queuedBehind(ahead);
  const { state } = await teller.follow(erasing);
  return isOutcome(state) ? exitOf[state] : "interrupted";
}

/** Asks until the word is right; an empty answer means no. */
async function askForWord({ confirm, path }: ErasePlan, json: boolean): Promise<string> {
  if (!process.stdin.isTTY || json)
    throw new Exit("usage", "Cannot ask for the word: there is no terminal (give it with --confirm)");
  const { input } = await import("@inquirer/prompts");
  const typed = await input({
    message: `Type ${styled("bold", confirm.word)}, ${confirm.what}, to erase it; nothing to leave it:`,
    validate: (text) => text === "" || text === confirm.word || `That is not ${confirm.word}`,
  });
  if (typed === "") throw new Exit("stopped", `Not erased ${path}: it was not confirmed`);
  return typed;
}
