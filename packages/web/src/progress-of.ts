import type { Job, JobState, Progress, StationView } from "@trofie/contract";

const moving: ReadonlySet<JobState> = new Set(["running", "verifying", "stopping"]);

/** How far a job is; undefined unless it moves, for nothing is left to expect of what does not. */
export function progressOf(view: StationView, job: Job | undefined): Progress | undefined {
  return job && moving.has(job.state) ? view.progress.get(job.id) : undefined;
}
