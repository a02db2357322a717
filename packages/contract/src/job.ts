/** Jobs: one thing asked of one device. */
import * as z from "zod";
import { Identity } from "./device.ts";
import { JobState } from "./job-states.ts";
import { JobReport } from "./report.ts";
import type { WorkKind } from "./work.ts";

const kinds = [
  "erase",
  "verify",
  "image-write",
  "image-read",
  "health",
  "spin-down",
  "unmount",
] as const satisfies readonly WorkKind[];

export const Job = z.strictObject({
  id: z.string(),
  kind: z.enum(kinds),
  state: JobState,
  /** Where the device was found when the job was planned, or when it last went on. */
  path: z.string(),
  identity: Identity,
  /** What it does, in a few words: "Zeros, one pass", "Write debian.img.xz". */
  title: z.string(),
  planHash: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  /** When it was told to stop. What becomes of its process unseen, in a hang or a restart, it ends `stopped`. */
  stopAskedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Why it rests, hangs, or may have to wait for more than its device, in words; null while it does none of that. */
  why: z.string().nullable(),
  report: JobReport.nullable(),
});
export type Job = z.infer<typeof Job>;

/** What keeps a job from going faster; null when that is not known. */
export const limits = ["disk", "generator", "comparison"] as const;

/** Sent five times a second while somebody watches; may be lost, is never needed to know a result. */
export const Progress = z.strictObject({
  job: z.string(),
  /** What it does now, in words: "Writing 00", "Verifying random (chacha8)". */
  step: z.string(),
  /** Which step of how many, counted from 1. */
  stepNumber: z.int().positive(),
  stepCount: z.int().positive(),
  /** Over all steps. */
  bytesDone: z.int().nonnegative(),
  bytesTotal: z.int().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  /** Time left at the present rate; null when there is no rate yet. */
  etaMs: z.number().nonnegative().nullable(),
  limit: z.enum(limits).nullable(),
  /** What could not be written or read back so far. */
  faultyBytes: z.int().nonnegative(),
});
export type Progress = z.infer<typeof Progress>;
