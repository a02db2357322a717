import type { Decision } from "@trofie/commands";
import { holdsDevice, isOutcome, type Job } from "@trofie/contract";
import type { Clock } from "@trofie/reactor";
import { openJob } from "./found-job.ts";
import { reportOf, withEnding } from "./job-ending.ts";
import type { JobQueue } from "./job-queue.ts";
import type { Jobs } from "./jobs.ts";
import { isoTime } from "./world.ts";

export interface StopOptions {
  readonly jobs: Jobs;
  readonly queue: JobQueue;
  readonly clock: Clock;
  /** As of the queue. */
  readonly ended: (job: Job) => void;
}

/**
 * Stops a job: one with a process ends when that has ended, any other at once. The wish is durable, so the job ends
 * `stopped` also when its process hangs or the station dies meanwhile.
 */
export function stopJob(options: StopOptions, id: string): Decision<{ job: Job }> {
  const { jobs, queue, ended } = options;
  openJob(jobs, id, "stop");
  return {
    record: () => ({ job: recordStop(options, id) }),
    start: ({ job }) => {
      queue.runOf(id)?.stop();
      if (isOutcome(job.state)) ended(job);
    },
  };
}

function recordStop({ jobs, clock }: StopOptions, id: string): Job {
  const job = jobs.get(id)!;
  if (isOutcome(job.state) || job.stopAskedAt !== null) return job;
  const stopAskedAt = isoTime(clock);
  if (job.state === "hung") return jobs.change(id, { state: "hung", why: job.why, stopAskedAt });
  if (holdsDevice(job.state)) return jobs.change(id, { state: "stopping", stopAskedAt });
  const message =
    job.startedAt === null ? "It was stopped before it began" : "It was interrupted, then stopped";
  return jobs.change(id, { ...withEnding({ report: reportOf("stopped", message) }, clock), stopAskedAt });
}
