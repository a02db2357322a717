/** Jobs: one thing asked of one device. */
import * as z from "zod";
import { Identity } from "./device.ts";

/**
 * Where a job stands. It ends in one of `outcomes`; the other states are on the way there.
 *
 * - `queued`: waits for its turn on its device.
 * - `stopping`: was told to stop; writes in flight are still finishing.
 * - `hung`: its process may still hold the device and cannot be proved dead, so nothing else may open the device.
 * - `interrupted`: its process is dead and it did not end; the device is neither erased nor untouched.
 */
export const outcomes = ["erased", "erased-with-errors", "failed", "stopped"] as const;
export const jobStates = [
  "queued",
  "running",
  "verifying",
  "paused",
  "stopping",
  "hung",
  "interrupted",
  "unknown",
  ...outcomes,
] as const;

export const JobState = z.enum(jobStates);
export type JobState = z.infer<typeof JobState>;
export type Outcome = (typeof outcomes)[number];

/** A sweep over the device as it was done. */
export const PassReport = z.strictObject({
  /** "write 00" or "verify 00". */
  name: z.string(),
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
  endedAt: z.string().nullable(),
  report: JobReport.nullable(),
});
export type Job = z.infer<typeof Job>;

/** Sent up to ten times a second while somebody watches; may be lost, is never needed to know a result. */
export const Progress = z.strictObject({
  job: z.string(),
  /** "write 00", "verify 00" */
  pass: z.string(),
  /** Over all passes and their verification. */
  bytesDone: z.int().nonnegative(),
  bytesTotal: z.int().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  /** Time left at the present rate; null when there is no rate yet. */
  etaMs: z.number().nonnegative().nullable(),
});
export type Progress = z.infer<typeof Progress>;

export function isOutcome(state: JobState): state is Outcome {
  return (outcomes as readonly string[]).includes(state);
}

/** True while the job may have a process that holds its device. */
export function holdsDevice(state: JobState): boolean {
  return ["running", "verifying", "paused", "stopping", "hung"].includes(state);
}
