import type { OperationHandle } from "@trofie/commands";
import {
  bytesText,
  durationText,
  percentOf,
  type ErasePlan,
  type Job,
  type Outcome,
  type Progress,
} from "@trofie/contract";
import { connectionInWords } from "./connection-lines.ts";
import { withStation, type StationClient } from "./connection.ts";
import { Exit, type ExitWord } from "./exit-codes.ts";
import { describeJob, describeProgress } from "./job-lines.ts";
import { openScreen, styled, type Screen } from "./screen.ts";

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
  return withStation(address, (client) => eraseWith(client, path, options), { events: true });
}

async function eraseWith(client: StationClient, path: string, options: EraseOptions): Promise<ExitWord> {
  const { method, json, wait } = options;
  const teller = json ? jsonTeller : screenTeller(client);
  const { plan, hash } = await client.query("erase.plan", { path, method });
  teller.plan(plan, hash);
  const typed = options.confirm ?? (await askForWord(plan, json));
  const erasing = client.operate("erase.start", { path: plan.path, method, hash, typed });
  const job = await erasing.job;
  teller.job(job, wait);
  if (!wait) return "done";
  const result = await teller.follow(erasing, job);
  return exitOf[result.state as Outcome];
}

type Erasing = OperationHandle<Progress, Job>;

/** Tells of an erase: to a person or to a script. */
interface Teller {
  plan(plan: ErasePlan, hash: string): void;
  job(job: string, isFollowed: boolean): void;
  follow(erasing: Erasing, job: string): Promise<Job>;
}

const jsonTeller: Teller = {
  plan: (plan, hash) => sayJson({ plan, hash }),
  job: (job) => sayJson({ job }),
  async follow(erasing) {
    for await (const progress of erasing.progress) sayJson({ progress });
    const result = await erasing.result;
    sayJson({ result });
    return result;
  },
};

function screenTeller(client: StationClient): Teller {
  const screen = openScreen(process.stdout);
  client.listen(connectionInWords(screen));
  return {
    plan: (plan) => screen.line(describePlan(plan)),
    job: (job, isFollowed) => isFollowed || screen.line(`Started job ${job}. Follow it with: trofie watch`),
    follow: (erasing, job) => followOnScreen(erasing, job, screen),
  };
}

/** Shows a job's progress until it ends. */
export async function followOnScreen(erasing: Erasing, job: string, screen: Screen): Promise<Job> {
  const interrupted = (): never => {
    screen.status("");
    screen.line(`\nThe job goes on without this terminal. Stop it with: trofie stop ${job}`);
    process.exit(130);
  };
  process.once("SIGINT", interrupted);
  let shownTenth = -1;
  for await (const progress of erasing.progress) {
    screen.status(describeProgress(progress));
    const tenth = Math.floor(percentOf(progress.bytesDone, progress.bytesTotal) / 10);
    if (!screen.isTerminal && tenth > shownTenth) screen.line(describeProgress(progress));
    shownTenth = tenth;
  }
  const result = await erasing.result;
  process.off("SIGINT", interrupted);
  screen.status("");
  screen.line(describeJob(result));
  return result;
}

function describePlan(plan: ErasePlan): string {
  const { identity, method, passes, level, bytesTotal, estimatedMs, holds, warnings } = plan;
  const lines = [
    styled("bold", `Erase ${plan.path}`),
    `  device    ${[identity.model ?? identity.kind, bytesText(identity.sizeBytes)].join(", ")}`,
    `  serial    ${identity.serial ?? "none"}`,
    `  method    ${method.title} (${level}): ${passes.map(describePass).join(", ")}`,
    `  work      ${bytesText(bytesTotal)} in all; estimated time: ${durationText(estimatedMs)}`,
    `  holds     ${holds.map(({ path, type }) => `${type} on ${path}`).join(", ") || "nothing that we know"}`,
    ...warnings.map((warning) => styled("yellow", `  warning   ${warning}`)),
  ];
  return lines.join("\n");
}

function describePass({ patternHex, verified }: ErasePlan["passes"][number]): string {
  return verified ? `write ${patternHex}, verify` : `write ${patternHex}`;
}

/** Asks until the word is right; an empty answer means no. */
async function askForWord({ confirm }: ErasePlan, json: boolean): Promise<string> {
  if (!process.stdin.isTTY || json)
    throw new Exit("usage", "There is no terminal to confirm on: give the word with --confirm");
  const { input } = await import("@inquirer/prompts");
  const typed = await input({
    message: `Type ${styled("bold", confirm.word)}, ${confirm.what}, to erase it; nothing to leave it:`,
    validate: (text) => text === "" || text === confirm.word || `That is not ${confirm.word}`,
  });
  if (typed === "") throw new Exit("stopped", "Not erased: it was not confirmed");
  return typed;
}

function sayJson(message: object): void {
  console.log(JSON.stringify(message));
}
