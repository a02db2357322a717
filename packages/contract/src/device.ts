/** Devices: what can be erased, what each one is, who uses it and what it holds. */
import * as z from "zod";
import { ErrorWord } from "./errors.ts";

/**
 * What a device *is*, as opposed to where it is found. Two identities are of the same device when all durable
 * fields are equal; `diskseq` is the kernel's attach counter and says more, but only within one boot.
 *
 * - `disk`: serial, WWN, model and size; where serial and WWN are missing or shared with another disk, `busPath` too.
 * - `loop`: the backing file (`backing`: "path device:inode") and size.
 * - `practice`: a regular file in the station's practice folder (`backing` as for a loop device).
 */
export const Identity = z.strictObject({
  kind: z.enum(["disk", "loop", "practice"]),
  serial: z.string().nullable(),
  wwn: z.string().nullable(),
  model: z.string().nullable(),
  /** 0: the kernel cannot use it. */
  sizeBytes: z.int().nonnegative(),
  busPath: z.string().nullable(),
  backing: z.string().nullable(),
  diskseq: z.string().nullable(),
});
export type Identity = z.infer<typeof Identity>;

/** Something found on a device: a file system, a partition table, LVM, LUKS, RAID or ZFS member. */
export const Content = z.strictObject({
  /** Where: the device itself or one of its partitions, as a path. */
  path: z.string(),
  /** As `lsblk` names it: "ext4", "gpt", "LVM2_member", "crypto_LUKS". */
  type: z.string(),
  label: z.string().nullable(),
  sizeBytes: z.int().nonnegative(),
});
export type Content = z.infer<typeof Content>;

/** Why a device cannot be erased: `state` is the present state in words, `message` the whole sentence. */
export const DeviceRefusal = z.strictObject({ code: ErrorWord, state: z.string(), message: z.string() });
export type DeviceRefusal = z.infer<typeof DeviceRefusal>;

/** `unknown`: the disk could not be asked, or has no such thing. */
const HiddenArea = z.enum(["none", "present", "unknown"]);

export const Device = z.strictObject({
  /** Where it is found now: "/dev/sdb", or the path of a practice file. Never used to recognise it. */
  path: z.string(),
  identity: Identity,
  /** How the disk is attached: "nvme", "sata", "usb", "virtio", "loop", "file"; null when not known. */
  bus: z.string().nullable(),
  /** The host's controller or the USB hub that it shares with whatever else is behind that, by its place in sysfs. */
  controller: z.string().nullable(),
  rotational: z.boolean().nullable(),
  logicalSectorBytes: z.int().positive(),
  physicalSectorBytes: z.int().positive(),
  readOnly: z.boolean(),
  /** Degrees Celsius (hwmon's drivetemp or nvme); null where nobody measures. Its changes are no events. */
  temperatureC: z.number().nullable(),
  /** Parts of the medium beyond what is addressed: a host protected area (HPA), a device configuration overlay (DCO). */
  hidden: z.strictObject({ hpa: HiddenArea, dco: HiddenArea }),
  /** Who uses it, in words: "mounted at /home", "swap", "held by dm-0". */
  uses: z.array(z.string()),
  holds: z.array(Content),
  /** The first reason why it would be refused now, or null. */
  refusal: DeviceRefusal.nullable(),
});
export type Device = z.infer<typeof Device>;

export { deviceKey, isSameDevice } from "./device-key.ts";

/**
 * The word a person types to confirm: the last four of the serial, or the device's name where it has no serial.
 */
export function confirmationWord(path: string, identity: Identity): string {
  return identity.serial === null ? nameOf(path) : identity.serial.slice(-4);
}

/** The last part of a path: "sdb". */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
