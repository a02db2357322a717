import { isOutcome, isSameDevice, workKinds, type Job } from "@trofie/contract";
import type { StationClient } from "./connection.ts";
import { soon } from "./soon.ts";

const lookedAt = 1_000;
const soonMs = 2_000;

/** What a queued job waits for. */
export interface Wait {
  /** The job that has the device for which this one is queued. */
  readonly ahead: Job | null;
  /** What it may have to wait for besides. */
  readonly why: string | null;
}

/** Nothing, when it need not wait. */
export async function waitOf(client: StationClient, id: string): Promise<Wait> {
  const { jobs } = await client.query("job.list", { limit: lookedAt, open: true });
  const own = jobs.find((job) => job.id === id);
  if (own?.state !== "queued") return { ahead: null, why: null };
  const older = jobs.slice(jobs.indexOf(own) + 1);
  return { ahead: older.findLast((other) => isAhead(other, own)) ?? null, why: own.why };
}

/** As `waitOf`, for whoever is about to leave: nothing when it is not told soon. */
export async function waitOfSoon(client: StationClient, id: string): Promise<Wait> {
  const none: Wait = { ahead: null, why: null };
  const wait = waitOf(client, id).catch(() => none);
  return (await soon(wait, soonMs)) ?? none;
}

/** Those that need a device for themselves wait for one another alone, and so do the others. */
function isAhead({ kind, state, identity }: Job, own: Job): boolean {
  const isInLine = workKinds[kind].exclusive === workKinds[own.kind].exclusive;
  return isInLine && !isOutcome(state) && state !== "interrupted" && isSameDevice(identity, own.identity);
}
