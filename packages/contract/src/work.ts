/** Work: what can be asked of a device. Each kind has its plan (`plan.ts`) and becomes a job (`job.ts`). */
import * as z from "zod";
import { PassWord, Stream } from "./fill.ts";

const DevicePath = z.string().min(1, "no device is named").max(4096);

/** Shown on everybody's terminal and page: nothing in it may move a cursor or turn the order of letters. */
const PrintedLine = z
  .string()
  .max(200)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, "one line of text without control characters");

/** A method that the table does not have, as a file of JSON holds it. */
export const CustomMethod = z.strictObject({
  title: PrintedLine.min(1),
  source: PrintedLine.default("a method of your own"),
  /** The passes of one round, as in the table of methods. */
  passes: z.array(PassWord).min(1).max(100),
});
export type CustomMethod = z.infer<typeof CustomMethod>;

/**
 * How much of the device is read back and compared.
 *
 * - `full`: every byte.
 * - `sampled`: at least a tenth, by the rule of NIST SP 800-88r1 §4.7: a thousand subsections, two places in each.
 * - `quick`: a hundredth, likewise; conforms to no standard, and the report says so.
 */
export const readings = ["full", "sampled", "quick"] as const;
export const Reading = z.enum(readings);
export type Reading = z.infer<typeof Reading>;

/** How an erase is done, besides its method; all have defaults. */
export const eraseOptions = {
  /** How many times the passes of the method are carried out. */
  rounds: z.int().min(1).max(100).default(1),
  /** A last pass of zeros after all others. */
  blank: z.boolean().default(false),
  /** Which passes are read back: as the method says, or each one. */
  verify: z.enum(["last", "all"]).default("last"),
  reading: Reading.default("full"),
  stream: Stream.default("chacha8"),
  /** Also give all blocks back to the medium at the end (blkdiscard). It is an extra, and proves nothing. */
  discard: z.boolean().default(false),
};

/** When an erase gives a dying disk up, besides when too much of it fails: only if somebody asks for it. */
export const giveUpOptions = {
  /** Fewer bytes in a second than this, written or read back, averaged over a minute without its pauses. */
  minBytesPerSecond: z.int().min(1).max(1e12).optional(),
  /** Degrees Celsius; of a disk whose sensor the station can read. */
  maxTemperatureC: z.int().min(1).max(120).optional(),
};

const kind = <const K extends string>(name: K) => z.literal(name);

export const EraseWork = z.strictObject({
  kind: kind("erase"),
  path: DevicePath,
  /** An id of the table of methods, or a method of one's own. */
  method: z.union([z.string().min(1).max(64), CustomMethod]),
  ...eraseOptions,
  ...giveUpOptions,
});
export type EraseWork = z.infer<typeof EraseWork>;

/** Reads a device and compares it with bytes repeated, or with what the last pass of an earlier job left on it. */
export const VerifyWork = z.strictObject({
  kind: kind("verify"),
  path: DevicePath,
  expect: z.union([
    z.strictObject({ hex: z.string().regex(/^([0-9a-f]{2}){1,256}$/, "bytes in hex") }),
    z.strictObject({ job: z.string().min(1).max(64) }),
  ]),
  reading: Reading.default("full"),
});
export type VerifyWork = z.infer<typeof VerifyWork>;

export const imageFormats = ["raw", "gz", "xz", "zst"] as const;
export const ImageFormat = z.enum(imageFormats);
export type ImageFormat = z.infer<typeof ImageFormat>;

/** The name of a file in the station's folder of images. */
const ImageName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^/\0.][^/\0]*$/, "an image is a file's name in the station's folder of images");

/** Writes an image onto a device; its format is told by its name (.gz, .xz, .zst, else raw). */
export const ImageWriteWork = z.strictObject({
  kind: kind("image-write"),
  path: DevicePath,
  image: ImageName,
  /** Afterwards grow the last Linux partition, and the file system in it, to the end of the device. */
  grow: z.boolean().default(false),
  /** What the image's content (unpacked) must hash to; SHA-256 in hex. Checked before anything is called done. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "64 digits of hex")
    .optional(),
});
export type ImageWriteWork = z.infer<typeof ImageWriteWork>;

/** Reads a whole device into a new image. */
export const ImageReadWork = z.strictObject({ kind: kind("image-read"), path: DevicePath, image: ImageName });
export type ImageReadWork = z.infer<typeof ImageReadWork>;

/** Asks the disk how it is (smartctl). */
export const HealthWork = z.strictObject({ kind: kind("health"), path: DevicePath });
export type HealthWork = z.infer<typeof HealthWork>;

/** Stops the motor, so that the disk can be taken out. */
export const SpinDownWork = z.strictObject({ kind: kind("spin-down"), path: DevicePath });
export type SpinDownWork = z.infer<typeof SpinDownWork>;

/** Unmounts all that is mounted of a device, and switches its swap off. */
export const UnmountWork = z.strictObject({ kind: kind("unmount"), path: DevicePath });
export type UnmountWork = z.infer<typeof UnmountWork>;

export const Work = z.discriminatedUnion("kind", [
  EraseWork,
  VerifyWork,
  ImageWriteWork,
  ImageReadWork,
  HealthWork,
  SpinDownWork,
  UnmountWork,
]);
export type Work = z.infer<typeof Work>;
export type WorkKind = Work["kind"];

export interface KindOfWork {
  /** Its process has the device for itself: jobs of such kinds wait for one another. The others run beside them. */
  readonly exclusive: boolean;
  /** What the device held before is lost: it is confirmed first. */
  readonly destroys: boolean;
  readonly pauses: boolean;
  /** When it is cut off it goes on from its newest checkpoint. The others end, and are asked for anew. */
  readonly goesOn: boolean;
}

const longWork = { exclusive: true, pauses: true } as const;
const shortWork = { exclusive: true, destroys: false, pauses: false, goesOn: false } as const;

/** What is so of every job of a kind: the one table of it. */
export const workKinds: Readonly<Record<WorkKind, KindOfWork>> = {
  erase: { ...longWork, destroys: true, goesOn: true },
  verify: { ...longWork, destroys: false, goesOn: true },
  "image-write": { ...longWork, destroys: true, goesOn: true },
  "image-read": { ...longWork, destroys: false, goesOn: false },
  // An erase of days must not keep anybody from asking the disk how it is.
  health: { ...shortWork, exclusive: false },
  "spin-down": shortWork,
  unmount: shortWork,
};

export { workVerbs } from "./work-verbs.ts";
