/** The way of every piece of work: asked for, and what destroys confirmed; started; with `--wait` followed to its end. */
import type { OperationHandle } from "@trofie/commands";
import type { Job, Progress } from "@trofie/contract";
import { withStation, type StationClient } from "./connection.ts";
import { exitCodes, type ExitWord } from "./exit-codes.ts";
import { exitOfJob } from "./exit-of-job.ts";
import { jobAhead } from "./job-ahead.ts";
import type { Common } from "./program.ts";
import { openScreen } from "./screen.ts";
import { jsonTeller, screenTeller, type WorkTeller } from "./work-teller.ts";

/** Work that a station has been asked for, as it can be followed. */
export type Doing = OperationHandle<Progress, Job>;

export interface Manner extends Common {
  /** Follow the job to its end. */
  readonly wait: boolean;
}

/** `ask` asks the station to start the work. The program's exit code says how that went. */
export async function orderWork(
  { address, json, wait }: Manner,
  ask: (client: StationClient, teller: WorkTeller) => Doing | Promise<Doing>,
): Promise<void> {
  const teller = json ? jsonTeller : screenTeller(openScreen(process.stdout));
  const { listener } = teller;
  const exit = await withStation(
    address,
    async (client) => {
      const doing = await ask(client, teller);
      return wait ? exitOfJob(await follow(client, doing, teller)) : leave(doing, teller);
    },
    { events: true, listener },
  );
  process.exitCode = exitCodes[exit].number;
}

/** Tells of a job until there is nothing more to wait for. */
export async function follow(client: StationClient, doing: Doing, teller: WorkTeller): Promise<Job> {
  const job = await accepted(doing, teller);
  const leaving = (): never => {
    teller.left(job);
    process.exit(exitCodes.left.number);
  };
  process.once("SIGINT", leaving);
  try {
    const ahead = await jobAhead(client, job);
    if (ahead) teller.queuedBehind(ahead);
    return await teller.follow(doing);
  } finally {
    process.off("SIGINT", leaving);
  }
}

async function leave(doing: Doing, teller: WorkTeller): Promise<ExitWord> {
  teller.left(await accepted(doing, teller));
  return "done";
}

async function accepted(doing: Doing, teller: WorkTeller): Promise<string> {
  teller.asked();
  const job = await doing.job;
  teller.accepted(job);
  return job;
}
