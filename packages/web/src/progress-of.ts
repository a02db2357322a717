import { isMoving, type Job, type Progress, type StationView } from "@trofie/contract";

/** How far a job is; undefined unless it moves, for nothing is left to expect of what does not. */
export function progressOf(view: StationView, job: Job | undefined): Progress | undefined {
  return job && isMoving(job.state) ? view.progress.get(job.id) : undefined;
}
