/** Waits for a job, and tells of it, until there is nothing more to wait for. */
import {
  atRest,
  isMoving,
  isOutcome,
  percentOf,
  type Job,
  type JobState,
  type Progress,
} from "@trofie/contract";
import { jobText, progressText } from "./job-text.ts";
import type { Doing } from "./order-work.ts";
import type { Screen } from "./screen.ts";
import { soon } from "./soon.ts";

export interface JobTeller {
  progressed(progress: Progress): void;
  /** Its state is another one; not told of the last. */
  changed(job: Job): void;
}

/** A job that was cut off goes on by itself soon after its station has started again; or it rests. */
const soonMs = 5_000;

/** Returns the job as it has ended, or as it rests: it then goes on only when somebody decides. */
export async function followJob(doing: Doing, teller: JobTeller, patienceMs = soonMs): Promise<Job> {
  let resting: Job | null = null;
  let isOver = false;
  const showProgress = async (): Promise<void> => {
    for await (const progress of doing.progress) if (!isOver) teller.progressed(progress);
  };
  void showProgress();
  for await (const job of untilItRests(doing.changes, patienceMs)) {
    isOver = isOutcome(job.state);
    if (!isOver) teller.changed(job);
    resting = job.state === "interrupted" ? job : null;
  }
  isOver = true;
  return resting === null ? doing.result : Promise.race([doing.result, Promise.resolve(resting)]);
}

async function* untilItRests(changes: AsyncIterable<Job>, patienceMs: number): AsyncGenerator<Job> {
  const iterator = changes[Symbol.asyncIterator]();
  let wasCutOff = false;
  for (;;) {
    const next = iterator.next();
    const heard: IteratorResult<Job> | null = await (wasCutOff ? soon(next, patienceMs) : next);
    if (heard === null || heard.done) return;
    wasCutOff = heard.value.state === "interrupted";
    yield heard.value;
  }
}

/** States in which a job does not go on; that it does again is said too. */
export const remarkable: ReadonlySet<JobState> = new Set(["paused", "stopping", "hung", "interrupted"]);

/** On a terminal one line changes in place; elsewhere there is a line for each tenth. */
export function jobOnScreen(screen: Screen): JobTeller {
  let tenthsShown = -1;
  let wasRemarkable = false;
  let isPaused = false;
  return {
    progressed(progress) {
      const text = progressText(isPaused ? atRest(progress) : progress);
      const tenths = Math.floor(percentOf(progress.bytesDone, progress.bytesTotal) / 10);
      screen.status(text);
      if (!screen.isTerminal && tenths > tenthsShown) screen.line(text);
      tenthsShown = tenths;
    },
    changed(job) {
      if (!isMoving(job.state)) screen.status("");
      isPaused = job.state === "paused";
      const isRemarkable = remarkable.has(job.state);
      if (isRemarkable || wasRemarkable) screen.line(jobText(job));
      wasRemarkable = isRemarkable;
    },
  };
}
