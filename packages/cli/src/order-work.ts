/** The way of every piece of work: asked for, and what destroys confirmed; started; with `--wait` followed to its end. */
import type { OperationHandle } from "@trofie/commands";
import type { Job, Progress } from "@trofie/contract";
import { withStation, type StationClient } from "./connection.ts";
import { Exit, exitCodes, type ExitWord } from "./exit-codes.ts";
import { exitOfJob } from "./exit-of-job.ts";
import { waitOf, waitOfSoon, type Wait } from "./job-ahead.ts";
import type { Common } from "./program.ts";
import { openScreen } from "./screen.ts";
import { jsonTeller, screenTeller, type WorkTeller } from "./work-teller.ts";

/** Work that a station has been asked for, as it can be followed. */
export type Doing = OperationHandle<Progress, Job>;

export interface Manner extends Common {
  /** What is asked for, to follow "Cannot". */
  readonly what: string;
  /** Follow the job to its end. */
  readonly wait: boolean;
}

/**
 * `ask` asks the station to start the work; null: there is nothing to start. The program's exit code says how that went.
 */
export async function orderWork(
  { address, json, wait, what }: Manner,
  ask: (client: StationClient, teller: WorkTeller) => Doing | Promise<Doing | null>,
): Promise<void> {
  const teller = json ? jsonTeller : screenTeller(openScreen(process.stdout));
  const { listener } = teller;
  const exit = await withStation(
    address,
    async (client) => {
      const doing = await ask(client, teller);
      if (doing === null) return "done";
      return wait
        ? exitOfJob(await follow(client, doing, teller))
        : leave(doing, teller, (id) => waitToTell(client, id, json));
    },
    { events: true, listener },
  ).catch((error: unknown) => {
    throw inOwnWords(error, what);
  });
  process.exitCode = exitCodes[exit].number;
}

/** A parameter has no name here: "path: no device is named" is what the caller of a method must be told. */
function inOwnWords(error: unknown, what: string): unknown {
  if (!(error instanceof Exit) || error.code !== "INVALID_PARAMS") return error;
  const why = error.message.replace(/^Cannot take the parameters: /, "").replaceAll(/(^|; )[\w.]+: /g, "$1");
  return new Exit(error.exit, `Cannot ${what}: ${why}`, error.code);
}

/** Tells of a job until there is nothing more to wait for. */
export async function follow(client: StationClient, doing: Doing, teller: WorkTeller): Promise<Job> {
  const job = await accepted(doing, teller);
  let ahead: Job | null = null;
  const leaving = (): never => {
    teller.left(job, ahead);
    process.exit(exitCodes.left.number);
  };
  process.once("SIGINT", leaving);
  const stopListening = client.listen({
    eventReceived: (event) => {
      if (event.job === job && (event.body as Job).state !== "queued") ahead = null;
    },
  });
  try {
    const wait = await waitOf(client, job);
    ({ ahead } = wait);
    tellWait(wait, teller);
    return await teller.follow(doing);
  } finally {
    process.off("SIGINT", leaving);
    stopListening();
  }
}

async function leave(
  doing: Doing,
  teller: WorkTeller,
  waitOfJob: (job: string) => Promise<Wait>,
): Promise<ExitWord> {
  const job = await accepted(doing, teller);
  const wait = await waitOfJob(job);
  tellWait(wait, teller);
  teller.left(job, wait.ahead);
  return "done";
}

/** For a script that waits for nothing the job is the last word. */
async function waitToTell(client: StationClient, job: string, json: boolean): Promise<Wait> {
  return json ? { ahead: null, why: null } : waitOfSoon(client, job);
}

function tellWait({ ahead, why }: Wait, teller: WorkTeller): void {
  if (ahead !== null) teller.queuedBehind(ahead);
  if (why !== null) teller.queuedBecause(why);
}

async function accepted(doing: Doing, teller: WorkTeller): Promise<string> {
  teller.asked();
  const job = await doing.job;
  teller.accepted(job);
  return job;
}
