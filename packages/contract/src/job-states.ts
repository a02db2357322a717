/** Where a job stands, in words. */
import * as z from "zod";

/**
 * How a job ends. `erased` and `erased-with-errors` are of erases alone; other work ends `done`, `failed` or `stopped`.
 */
export const outcomes = ["erased", "erased-with-errors", "done", "failed", "stopped"] as const;
export type Outcome = (typeof outcomes)[number];

/**
 * A job ends in one of `outcomes`; the other states are on the way there.
 *
 * - `queued`: waits for its turn on its device.
 * - `running`: its process works.
 * - `verifying`: its process reads back what it wrote.
 * - `paused`: was told to pause; its process keeps the device and waits.
 * - `stopping`: was told to stop; writes in flight are still finishing.
 * - `hung`: its disk does not answer, or its process may still hold the device and cannot be proved dead; nothing else
 *   may open the device.
 * - `interrupted`: its process is dead or its disk is gone, and it did not end. Where it can it goes on by `resume`, and
 *   by itself when the station starts again.
 */
export const jobStates = [
  "queued",
  "running",
  "verifying",
  "paused",
  "stopping",
  "hung",
  "interrupted",
  ...outcomes,
] as const;

export const JobState = z.enum(jobStates);
export type JobState = z.infer<typeof JobState>;

/** What a state means for the disk, where its name does not say it. */
export const stateMeaning: Readonly<Record<JobState, string | null>> = {
  queued: null,
  running: null,
  verifying: null,
  paused: "It waits, and keeps the disk, until it is told to go on or to stop",
  stopping: "It was told to stop; the writes in flight are finishing",
  hung: "The disk does not answer, or its process does not end; until that is over, nothing else may open that disk",
  interrupted: "It was cut off before it was done: the disk is neither erased nor untouched",
  erased: null,
  "erased-with-errors": "Some of the disk could not be written or read back; old data may remain there",
  done: null,
  failed: "The disk is not erased",
  stopped: "The disk is not erased",
};

/** True for a job that has something to show of its progress. */
export function isMoving(state: JobState): boolean {
  return ["running", "verifying", "paused", "stopping"].includes(state);
}

export function isOutcome(state: JobState): state is Outcome {
  return (outcomes as readonly string[]).includes(state);
}

/** True while the job may have a process that holds its device. */
export function holdsDevice(state: JobState): boolean {
  return ["running", "verifying", "paused", "stopping", "hung"].includes(state);
}
