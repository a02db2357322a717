import { Refusal } from "@trofie/commands";
import { isOutcome, type Job } from "@trofie/contract";
import type { Jobs } from "./jobs.ts";

/** The job of that id. Throws a `Refusal` JOB_NOT_FOUND. */
export function foundJob(jobs: Jobs, id: string): Job {
  const job = jobs.get(id);
  if (!job) throw new Refusal("JOB_NOT_FOUND", `Cannot find job ${id}: this station has no such job`);
  return job;
}

/** The job of that id, on its way still. Throws a `Refusal` JOB_NOT_FOUND or JOB_ENDED. */
export function openJob(jobs: Jobs, id: string, verb: string): Job {
  const job = foundJob(jobs, id);
  if (isOutcome(job.state))
    throw new Refusal("JOB_ENDED", `Cannot ${verb} ${id}: it has ended already, ${job.state}`);
  return job;
}
