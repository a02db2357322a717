/** Jobs: one thing asked of one device. */
import * as z from "zod";
import { Identity } from "./device.ts";

/**
 * Where a job stands. It ends in one of `outcomes`; the other states are on the way there.
 *
 * - `queued`: waits for its turn on its device.
 * - `running`: its process writes.
 * - `verifying`: its process reads back what it wrote.
 * - `stopping`: was told to stop; writes in flight are still finishing.
 * - `hung`: its process may still hold the device and cannot be proved dead, so nothing else may open the device.
 * - `interrupted`: its process is dead and it did not end; the device is neither erased nor untouched.
 */
export const outcomes = ["erased", "erased-with-errors", "failed", "stopped"] as const;
export const jobStates = [
  "queued",
  "running",
  "verifying",
  "stopping",
  "hung",
  "interrupted",
  ...outcomes,
] as const;

export const JobState = z.enum(jobStates);
export type JobState = z.infer<typeof JobState>;
export type Outcome = (typeof outcomes)[number];

/** One sweep over the whole device: it writes the bytes repeated, or reads them back and compares. */
const Sweep = {
  sweep: z.enum(["write", "verify"]),
  /** Phase by absolute offset. */
  patternHex: z.string(),
};

/** A sweep as it was done. */
export const PassReport = z.strictObject({
  ...Sweep,
  bytesDone: z.int().nonnegative(),
  durationMs: z.number().nonnegative(),
});
export type PassReport = z.infer<typeof PassReport>;

/** What verification found. `evidence` is false when reads may have come from memory instead of the medium. */
export const VerificationReport = z.strictObject({
  kind: z.literal("full"),
  bytesRead: z.int().nonnegative(),
  mismatchedBytes: z.int().nonnegative(),
  unreadableBytes: z.int().nonnegative(),
  evidence: z.boolean(),
});
export type VerificationReport = z.infer<typeof VerificationReport>;

/** How a job ended, kept for good. Times are ISO 8601 in UTC, durations on the monotonic clock. */
export const JobReport = z.strictObject({
  outcome: z.enum(outcomes),
  /** In words: why it ended this way. */
  message: z.string(),
  directIo: z.boolean(),
  passes: z.array(PassReport),
  verification: VerificationReport.nullable(),
  durationMs: z.number().nonnegative(),
});
export type JobReport = z.infer<typeof JobReport>;

export const Job = z.strictObject({
  id: z.string(),
  kind: z.literal("erase"),
  state: JobState,
  /** Where the device was found when the job was planned. */
  path: z.string(),
  identity: Identity,
  method: z.string(),
  planHash: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  /** When it was told to stop. What becomes of its process unseen, in a hang or a restart, it ends `stopped`. */
  stopAskedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  report: JobReport.nullable(),
});
export type Job = z.infer<typeof Job>;

/** Sent five times a second while somebody watches; may be lost, is never needed to know a result. */
export const Progress = z.strictObject({
  job: z.string(),
  ...Sweep,
  /** Over all passes and their verification. */
  bytesDone: z.int().nonnegative(),
  bytesTotal: z.int().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  /** Time left at the present rate; null when there is no rate yet. */
  etaMs: z.number().nonnegative().nullable(),
});
export type Progress = z.infer<typeof Progress>;

/** What a state means for the disk, where its name does not say it. */
export const stateMeaning: Readonly<Record<JobState, string | null>> = {
  queued: null,
  running: null,
  verifying: null,
  stopping: "It was told to stop; the writes in flight are finishing",
  hung: "Its process does not end and may still hold the disk; until it is gone, nothing else may open that disk",
  interrupted: "Its process ended before it was done: the disk is neither erased nor untouched",
  erased: null,
  "erased-with-errors": "Some of the disk could not be written or read back; old data may remain there",
  failed: "The disk is not erased",
  stopped: "The disk is not erased",
};

/** "Writing 00", "Verifying 00". */
export function passText({ sweep, patternHex }: Pick<PassReport, "sweep" | "patternHex">): string {
  return `${sweep === "write" ? "Writing" : "Verifying"} ${patternHex}`;
}

/** True for a job that has something to show of its progress. */
export function isMoving(state: JobState): boolean {
  return ["running", "verifying", "stopping"].includes(state);
}

export function isOutcome(state: JobState): state is Outcome {
  return (outcomes as readonly string[]).includes(state);
}

/** True while the job may have a process that holds its device. */
export function holdsDevice(state: JobState): boolean {
  return ["running", "verifying", "stopping", "hung"].includes(state);
}
