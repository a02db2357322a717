import { isOutcome, isSameDevice, type Job } from "@trofie/contract";
import type { StationClient } from "./connection.ts";

const lookedAt = 1_000;

/** The job that has the device for which this one is queued; undefined when it need not wait. */
export async function jobAhead(client: StationClient, id: string): Promise<Job | undefined> {
  const { jobs } = await client.query("job.list", { limit: lookedAt, open: true });
  const own = jobs.find((job) => job.id === id);
  if (own?.state !== "queued") return undefined;
  const older = jobs.slice(jobs.indexOf(own) + 1);
  return older.findLast(
    ({ state, identity }) =>
      !isOutcome(state) && state !== "interrupted" && isSameDevice(identity, own.identity),
  );
}
