/** Reports: how a job ended, kept for good. Times are on the monotonic clock, in milliseconds. */
import * as z from "zod";
import { Fill } from "./fill.ts";
import { FirmwareEraseId } from "./firmware-erases.ts";
import { outcomes } from "./job-states.ts";

const bytes = z.int().nonnegative();
const durationMs = z.number().nonnegative();

/**
 * A range of the device that could not be erased or confirmed, to the physical sector where `exact`; else the time for
 * bad sectors ran out before the bad ones in it were told from the good.
 *
 * - `write`: it could not be written; what was there before may still be there.
 * - `read`: it was written, and could not be read back.
 * - `mismatch`: what was read back is not what was written.
 */
export const FaultyRange = z.strictObject({
  offset: bytes,
  lengthBytes: z.int().positive(),
  fault: z.enum(["write", "read", "mismatch"]),
  exact: z.boolean(),
});
export type FaultyRange = z.infer<typeof FaultyRange>;

/** What a reading back found. `evidence` is false when reads may have come from memory instead of the medium. */
export const VerificationReport = z.strictObject({
  kind: z.enum(["full", "sampled", "quick"]),
  bytesRead: bytes,
  mismatchedBytes: bytes,
  unreadableBytes: bytes,
  evidence: z.boolean(),
  durationMs,
});
export type VerificationReport = z.infer<typeof VerificationReport>;

/** What the disk said of its own erase, and whether samples of its content have changed. */
export const FirmwareReport = z.strictObject({
  command: FirmwareEraseId,
  /** The words of the disk's status log, by which it was judged. */
  status: z.string(),
  succeeded: z.boolean(),
  samples: z.int().nonnegative(),
  /** Samples that held nothing before by which an erase could be seen: blank, or not to be read. */
  silentSamples: z.int().nonnegative(),
  /** Samples that are the same as before, and were not blank before. */
  unchangedSamples: z.int().nonnegative(),
  durationMs,
});
export type FirmwareReport = z.infer<typeof FirmwareReport>;

export const PassReport = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("overwrite"),
    /** The bytes as they were drawn: enough for anybody to verify them again. */
    fill: Fill,
    bytesWritten: bytes,
    /**
     * Of them, those in blocks that the disk took only at a second attempt. It may have given some of them other sectors
     * then, and the old ones keep what was in them, out of anybody's reach.
     */
    rewrittenBytes: bytes,
    durationMs,
    /** How long making the bytes took of it. */
    generatingMs: durationMs,
    verification: VerificationReport.nullable(),
  }),
  z.strictObject({ kind: z.literal("firmware"), firmware: FirmwareReport }),
  z.strictObject({ kind: z.literal("discard"), done: z.boolean(), durationMs }),
]);
export type PassReport = z.infer<typeof PassReport>;

/** A job that went on after a crash: where, and what was found of what it had written before. */
export const Resumption = z.strictObject({
  pass: z.int().nonnegative(),
  /** The first byte that is not known to be durable. */
  offset: bytes,
  /** How much before it was read back and compared. */
  overlapBytes: bytes,
  /** False: the overlap was not as written, and the pass began anew. */
  proven: z.boolean(),
  /** The device's attachment (diskseq) after it. */
  diskseq: z.string().nullable(),
});
export type Resumption = z.infer<typeof Resumption>;

export const EraseFindings = z.strictObject({
  kind: z.literal("erase"),
  /** What its plan said that this erase does not reach or prove, in sentences. */
  warnings: z.array(z.string()),
  directIo: z.boolean(),
  /** In the order in which they were carried out. */
  passes: z.array(PassReport),
  /** All that is not as it should be, in order, not overlapping. Cut after `maxRanges`, which `rangesCut` tells. */
  faulty: z.array(FaultyRange),
  faultyBytes: bytes,
  rangesCut: z.boolean(),
  resumptions: z.array(Resumption),
  /** What all that was drawn by chance follows from (docs/methods.md); reports of before it was told lack it. */
  seedHex: z.string().optional(),
});
export type EraseFindings = z.infer<typeof EraseFindings>;

export const VerifyFindings = z.strictObject({
  kind: z.literal("verify"),
  directIo: z.boolean(),
  expect: Fill,
  verification: VerificationReport,
  faulty: z.array(FaultyRange),
  rangesCut: z.boolean(),
  /** What all that was drawn by chance follows from (docs/methods.md); reports of before it was told lack it. */
  seedHex: z.string().optional(),
});
export type VerifyFindings = z.infer<typeof VerifyFindings>;

export const ImageFindings = z.strictObject({
  kind: z.enum(["image-write", "image-read"]),
  /** Of the content, unpacked. */
  contentBytes: bytes,
  sha256: z.string(),
  /** Whether the device was read back and hashed to the same. */
  readBack: z.boolean(),
  /** The partition that was grown, with its new size. */
  grown: z.strictObject({ path: z.string(), fileSystem: z.string().nullable(), sizeBytes: bytes }).nullable(),
  /** Why it was not grown, where that was asked for. */
  notGrown: z.string().optional(),
});
export type ImageFindings = z.infer<typeof ImageFindings>;

/** The judgements of a disk's health, from good to bad. */
export const healthVerdicts = ["ok", "old", "sus", "fail"] as const;
export const HealthFindings = z.strictObject({
  kind: z.literal("health"),
  verdict: z.enum(healthVerdicts),
  /** Why it is not `ok`, each a sentence. */
  reasons: z.array(z.string()),
  temperatureC: z.number().nullable(),
  powerOnHours: z.number().nullable(),
  powerCycles: z.number().nullable(),
  /** The disk's own judgement of itself; null where it has none. */
  selfAssessment: z.enum(["passed", "failed"]).nullable(),
  attributes: z.array(
    z.strictObject({
      /** SMART's number of an ATA attribute; null of NVMe and SCSI. */
      id: z.int().nullable(),
      name: z.string(),
      value: z.string(),
      /** "now" and "past": below its threshold. */
      failed: z.enum(["never", "now", "past"]),
    }),
  ),
});
export type HealthFindings = z.infer<typeof HealthFindings>;

export const UnmountFindings = z.strictObject({
  kind: z.literal("unmount"),
  unmounted: z.array(z.string()),
  swapsOff: z.array(z.string()),
});
export type UnmountFindings = z.infer<typeof UnmountFindings>;

export const Findings = z.discriminatedUnion("kind", [
  EraseFindings,
  VerifyFindings,
  ImageFindings,
  HealthFindings,
  UnmountFindings,
]);
export type Findings = z.infer<typeof Findings>;

export const JobReport = z.strictObject({
  outcome: z.enum(outcomes),
  /** In words: why it ended this way. */
  message: z.string(),
  durationMs,
  /** Null when nothing was found out: refused, crashed, stopped before it began; and of spin-down. */
  findings: Findings.nullable(),
});
export type JobReport = z.infer<typeof JobReport>;
