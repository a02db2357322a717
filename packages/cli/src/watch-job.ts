/** Follows a job that was started before, by whomever: what is told and how the program ends are as of `--wait`. */
import type { ClientListener } from "@trofie/commands";
import { withStation } from "./connection.ts";
import { exitCodes } from "./exit-codes.ts";
import { exitOfJob } from "./exit-of-job.ts";
import { KnownJob } from "./known-job.ts";
import { follow } from "./order-work.ts";
import type { Common } from "./program.ts";
import { openScreen } from "./screen.ts";
import { jsonTeller, screenTeller } from "./work-teller.ts";

export async function watchJob(id: string, { address, json }: Common): Promise<void> {
  const teller = json ? jsonTeller : screenTeller(openScreen(process.stdout));
  const known = new KnownJob(id);
  const exit = await withStation(
    address,
    async (client) => {
      teller.takenUp(await known.askedOf(client));
      return exitOfJob(await follow(client, known.doing, teller));
    },
    { events: true, listener: both(teller.listener, known.listener) },
  );
  process.exitCode = exitCodes[exit].number;
}

function both(teller: ClientListener, job: ClientListener): ClientListener {
  return {
    ...teller,
    snapshotReceived: (items, seq) => {
      teller.snapshotReceived?.(items, seq);
      job.snapshotReceived?.(items, seq);
    },
    eventReceived: (row) => {
      teller.eventReceived?.(row);
      job.eventReceived?.(row);
    },
    progressReceived: (progress) => {
      teller.progressReceived?.(progress);
      job.progressReceived?.(progress);
    },
  };
}
