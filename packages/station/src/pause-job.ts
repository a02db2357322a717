import { Refusal, type Decision } from "@trofie/commands";
import { workKinds, type Job, type JobState, type Plan } from "@trofie/contract";
import { openJob } from "./found-job.ts";
import type { JobQueue } from "./job-queue.ts";
import type { Jobs } from "./jobs.ts";

export interface PauseOptions {
  readonly jobs: Jobs;
  readonly queue: JobQueue;
}

const pausable: ReadonlySet<JobState> = new Set(["running", "verifying", "paused"]);

/**
 * Has a job's process begin no more blocks. The job is `paused` as soon as that process says so, and the wish is
 * durable: a paused job that is cut off does not go on by itself.
 */
export function pauseJob({ jobs, queue }: PauseOptions, id: string): Decision<{ job: Job }> {
  const { kind, state } = openJob(jobs, id, "pause");
  if (!workKinds[kind].pauses) throw cannotPause(id, "work of its kind does not pause");
  if (!writesItself(jobs.plan(id))) throw cannotPause(id, "the disk erases itself, and does not pause");
  if (!pausable.has(state)) throw cannotPause(id, `it is ${state}`);
  return {
    record: () => {
      jobs.setRests(id, true);
      return { job: jobs.get(id)! };
    },
    start: () => queue.runOf(id)?.pause(),
  };
}

/** Whether there is anything in it that is ours to hold: a command to the disk's firmware, once given, is not. */
function writesItself(plan: Plan): boolean {
  return plan.kind !== "erase" || plan.passes.some(({ kind }) => kind === "overwrite");
}

function cannotPause(id: string, state: string): Refusal {
  return new Refusal("JOB_CANNOT_PAUSE", `Cannot pause ${id}: ${state}`);
}
