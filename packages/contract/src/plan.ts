/** Plans: what an erase would do to which device, shown before it is confirmed. */
import * as z from "zod";
import { Content, Identity } from "./device.ts";

export const PlannedPass = z.strictObject({
  /** The bytes repeated over the device, in hex; phase by absolute offset. */
  patternHex: z.string(),
  /** Read the whole device back afterwards and compare every byte. */
  verified: z.boolean(),
});
export type PlannedPass = z.infer<typeof PlannedPass>;

export const ErasePlan = z.strictObject({
  /** The boot in which it was made: only within it does the identity's `diskseq` mean anything. */
  bootId: z.string(),
  path: z.string(),
  identity: Identity,
  method: z.strictObject({ id: z.string(), title: z.string(), source: z.string() }),
  passes: z.array(PlannedPass),
  /** The level of NIST SP 800-88r2 §3.1 that this method reaches. */
  level: z.enum(["Clear", "Purge"]),
  /** What the disk does in all: each pass, and each verification. */
  bytesTotal: z.int().positive(),
  /** A guess from the kind of disk; the running job says better. */
  estimatedMs: z.number().nonnegative(),
  holds: z.array(Content),
  warnings: z.array(z.string()),
  /** The word a person types, and what it is. */
  confirm: z.strictObject({ word: z.string(), what: z.string() }),
});
export type ErasePlan = z.infer<typeof ErasePlan>;
