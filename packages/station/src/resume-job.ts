import { Refusal, type Decision } from "@trofie/commands";
import type { Job } from "@trofie/contract";
import type { DeviceWatch } from "./device-watch.ts";
import { openJob } from "./found-job.ts";
import { goOn, prospectOf } from "./going-on.ts";
import type { JobQueue } from "./job-queue.ts";
import type { Jobs } from "./jobs.ts";

export interface ResumeOptions {
  readonly jobs: Jobs;
  readonly queue: JobQueue;
  readonly devices: DeviceWatch;
}

/** Lets the process of a paused job go on, and lines an interrupted job up again. */
export async function resumeJob(options: ResumeOptions, id: string): Promise<Decision<{ job: Job }>> {
  const { jobs, devices } = options;
  const { state } = openJob(jobs, id, "resume");
  if (state === "interrupted") {
    await devices.look();
    return resumeInterrupted(options, id);
  }
  if (state === "paused" || jobs.rests(id)) return resumePaused(options, id);
  throw cannotResume(id, `it is ${state}`);
}

function resumePaused({ jobs, queue }: ResumeOptions, id: string): Decision<{ job: Job }> {
  return {
    record: () => {
      jobs.setRests(id, false);
      return { job: jobs.get(id)! };
    },
    start: () => queue.runOf(id)?.resume(),
  };
}

function resumeInterrupted({ jobs, queue, devices }: ResumeOptions, id: string): Decision<{ job: Job }> {
  const job = openJob(jobs, id, "resume");
  const prospect = prospectOf(job, jobs, devices.devices);
  if ("whyNot" in prospect) throw cannotResume(id, prospect.whyNot);
  return {
    record: () => {
      goOn(job, jobs, prospect.device, queue.limit.whyWait(jobs.plan(id), job));
      return { job: jobs.get(id)! };
    },
    start: () => queue.startAll(),
  };
}

function cannotResume(id: string, state: string): Refusal {
  return new Refusal("JOB_CANNOT_RESUME", `Cannot resume ${id}: ${state}`);
}
