/** Plans: what a piece of work would do to which device; destructive ones are shown and confirmed first. */
import * as z from "zod";
import { Content, Identity } from "./device.ts";
import { Fill, PassWord, Stream } from "./fill.ts";
import { FirmwareEraseId } from "./firmware-erases.ts";
import { ImageFormat, Reading, type WorkKind } from "./work.ts";

const planned = {
  /** The boot in which it was made: only within it does the identity's `diskseq` mean anything. */
  bootId: z.string(),
  path: z.string(),
  identity: Identity,
  /** What the disk does in all: each pass, and each verification. 0 where nothing is counted. */
  bytesTotal: z.int().nonnegative(),
  /** A guess from the kind of disk; the running job says better. */
  estimatedMs: z.number().nonnegative(),
  holds: z.array(Content),
  warnings: z.array(z.string()),
};

/** The word a person types, and what it is. */
const confirm = z.strictObject({ word: z.string(), what: z.string() });
const unconfirmed = z.null();

/** One step of an erase over the whole device. */
export const PlannedPass = z.discriminatedUnion("kind", [
  /** Writes the bytes; the random ones of them are drawn when the job is accepted. */
  z.strictObject({ kind: z.literal("overwrite"), write: PassWord, verified: z.boolean() }),
  /** A command of the disk's own firmware. What it leaves is compared with what was there before. */
  z.strictObject({ kind: z.literal("firmware"), command: FirmwareEraseId }),
  /** Gives all blocks back (blkdiscard); never counted as an erase. */
  z.strictObject({ kind: z.literal("discard") }),
]);
export type PlannedPass = z.infer<typeof PlannedPass>;

/** When a disk is given up: the job then ends `failed`, and says at which figure. Null: not for that. */
export const GiveUp = z.strictObject({
  minBytesPerSecond: z.int().positive().nullable(),
  /** The rate is the average over so long, without pauses; nothing is said of a shorter time. */
  averagedMs: z.int().positive(),
  maxTemperatureC: z.int().nullable(),
});
export type GiveUp = z.infer<typeof GiveUp>;

export const ErasePlan = z.strictObject({
  kind: z.literal("erase"),
  ...planned,
  confirm,
  method: z.strictObject({ id: z.string(), title: z.string(), source: z.string() }),
  /** All passes of all rounds, in order but for `shuffled`. A character of round 2 is another one: "a" is drawn anew. */
  passes: z.array(PlannedPass),
  rounds: z.int().positive(),
  /** Ranges [from, to) of `passes` that are carried out in an order drawn for the job. */
  shuffled: z.array(z.tuple([z.int(), z.int()])),
  stream: Stream,
  reading: Reading,
  /** Absent: only when too much of it fails. */
  giveUp: GiveUp.optional(),
  /** The level of NIST SP 800-88r2 §3.1 that it reaches. */
  level: z.enum(["Clear", "Purge"]),
});
export type ErasePlan = z.infer<typeof ErasePlan>;

export const VerifyPlan = z.strictObject({
  kind: z.literal("verify"),
  ...planned,
  confirm: unconfirmed,
  expect: Fill,
  /** The job that left what is expected. */
  ofJob: z.string().nullable(),
  reading: Reading,
});
export type VerifyPlan = z.infer<typeof VerifyPlan>;

/** A file in the station's folder of images. */
export const Image = z.strictObject({
  name: z.string(),
  format: ImageFormat,
  /** Of the file, as it lies there. */
  sizeBytes: z.int().nonnegative(),
  modifiedAt: z.string(),
});
export type Image = z.infer<typeof Image>;

export const ImageWritePlan = z.strictObject({
  kind: z.literal("image-write"),
  ...planned,
  confirm,
  image: Image,
  /** Of its content; null where the format does not say and only unpacking would tell. */
  contentBytes: z.int().positive().nullable(),
  grow: z.boolean(),
  sha256: z.string().nullable(),
});
export type ImageWritePlan = z.infer<typeof ImageWritePlan>;

export const ImageReadPlan = z.strictObject({
  kind: z.literal("image-read"),
  ...planned,
  confirm: unconfirmed,
  name: z.string(),
  format: ImageFormat,
});
export type ImageReadPlan = z.infer<typeof ImageReadPlan>;

export const HealthPlan = z.strictObject({ kind: z.literal("health"), ...planned, confirm: unconfirmed });
export type HealthPlan = z.infer<typeof HealthPlan>;

export const SpinDownPlan = z.strictObject({
  kind: z.literal("spin-down"),
  ...planned,
  confirm: unconfirmed,
});
export type SpinDownPlan = z.infer<typeof SpinDownPlan>;

export const UnmountPlan = z.strictObject({
  kind: z.literal("unmount"),
  ...planned,
  confirm: unconfirmed,
  /** Innermost first, in the order in which they are unmounted. */
  mounts: z.array(z.strictObject({ path: z.string(), point: z.string() })),
  swaps: z.array(z.string()),
});
export type UnmountPlan = z.infer<typeof UnmountPlan>;

export const Plan = z.discriminatedUnion("kind", [
  ErasePlan,
  VerifyPlan,
  ImageWritePlan,
  ImageReadPlan,
  HealthPlan,
  SpinDownPlan,
  UnmountPlan,
]);
export type Plan = z.infer<typeof Plan>;

/** The plan of a kind of work. */
export type PlanOf<K extends WorkKind> = Extract<Plan, { kind: K }>;
