/** What becomes of a job by how its process has ended. */
import { workKinds, type Job, type JobReport, type JobState } from "@trofie/contract";
import type { JobEnd } from "@trofie/disks";
import type { Clock } from "@trofie/reactor";
import { isoTime } from "./world.ts";

/** It has its outcome, or it rests where it was cut off: `why`. */
export type Ending = { readonly report: JobReport } | { readonly why: string };

export interface EndingOptions {
  /** The station is being stopped, and has told all processes to end. */
  readonly isClosing: boolean;
  /** An earlier process of the job has worked on the device. */
  readonly hadBegun: boolean;
  /** It was told to pause. */
  readonly rests: boolean;
}

/** A process that refused, or went without a word, has not erased the device; which of the two stands in the message. */
export function endingOf(end: JobEnd, job: Job, { isClosing, hadBegun, rests }: EndingOptions): Ending {
  if (end.how === "reported") {
    const isCutOff = isClosing && end.report.outcome === "stopped" && job.stopAskedAt === null;
    return isCutOff && workKinds[job.kind].goesOn ? { why: whyCutOff(rests) } : { report: end.report };
  }
  if (end.how === "refused" && !hadBegun) return { report: reportOf("failed", end.message) };
  if (job.stopAskedAt !== null)
    return { report: reportOf("stopped", `It was told to stop, and did not end by itself: ${end.message}`) };
  return cutOff(job, end.message);
}

/** Nobody saw how the process of an earlier station ended, so its job is never `erased`. */
export function unseenEnding(job: Job, rests: boolean): Ending {
  if (job.stopAskedAt !== null)
    return { report: reportOf("stopped", "It was told to stop, and its process has ended unseen") };
  return cutOff(job, whyCutOff(rests));
}

function whyCutOff(rests: boolean): string {
  return rests ? "The station ended while the job was paused" : "The station ended while the job was at work";
}

function cutOff(job: Job, why: string): Ending {
  return workKinds[job.kind].goesOn ? { why } : { report: reportOf("failed", why) };
}

/** Of a job that found out nothing. */
export function reportOf(outcome: "failed" | "stopped", message: string): JobReport {
  return { outcome, message, durationMs: 0, findings: null };
}

/** The change with which a job ends, or comes to rest. */
export function withEnding(ending: Ending, clock: Clock): Partial<Job> & { readonly state: JobState } {
  if ("why" in ending) return { state: "interrupted", why: ending.why };
  const { report } = ending;
  return { state: report.outcome, endedAt: isoTime(clock), report };
}
