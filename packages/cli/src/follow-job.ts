/** Waits for a job, and tells of it, until there is nothing more to wait for. */
import type { OperationHandle } from "@trofie/commands";
import { isMoving, isOutcome, percentOf, type Job, type Progress } from "@trofie/contract";
import { jobText, progressText } from "./job-text.ts";
import type { Screen } from "./screen.ts";

export type Erasing = OperationHandle<Progress, Job>;

export interface JobTeller {
  progressed(progress: Progress): void;
  /** Its state is another one; not told of the last. */
  changed(job: Job): void;
}

/** Returns the job as it has ended, or as it rests: an interrupted one goes on only when somebody decides. */
export async function followJob(erasing: Erasing, teller: JobTeller): Promise<Job> {
  let isOver = false;
  const showProgress = async (): Promise<void> => {
    for await (const progress of erasing.progress) if (!isOver) teller.progressed(progress);
  };
  void showProgress();
  for await (const job of erasing.changes) {
    isOver = isOutcome(job.state) || job.state === "interrupted";
    if (isOver) return job;
    teller.changed(job);
  }
  return erasing.result;
}

/** On a terminal one line changes in place; elsewhere there is a line for each tenth. */
export function jobOnScreen(screen: Screen): JobTeller {
  let tenthsShown = -1;
  return {
    progressed(progress) {
      const text = progressText(progress);
      const tenths = Math.floor(percentOf(progress.bytesDone, progress.bytesTotal) / 10);
      screen.status(text);
      if (!screen.isTerminal && tenths > tenthsShown) screen.line(text);
      tenthsShown = tenths;
    },
    changed(job) {
      if (!isMoving(job.state)) screen.status("");
      if (["stopping", "hung"].includes(job.state)) screen.line(jobText(job));
    },
  };
}
