/** The sweep over sysfs: every whole disk, with what the kernel knows of it. */
import { printable } from "../machine/printable.ts";
import { readProperties, type Machine } from "../machine/machine.ts";
import { busOf } from "./bus.ts";

interface Partition {
  readonly name: string;
  readonly path: string;
  /** "8:1" */
  readonly number: string;
  readonly sizeBytes: number;
}

export interface BlockDevice {
  readonly name: string;
  readonly path: string;
  /** "8:0" */
  readonly number: string;
  /** Its folder under /sys/devices, which says how it is attached. */
  readonly folder: string;
  /** 0 of one that is unusable. */
  readonly sizeBytes: number;
  /** Why the kernel can neither read nor write it, and what to do about that; null of nearly all. */
  readonly unusable: string | null;
  readonly logicalSectorBytes: number;
  readonly physicalSectorBytes: number;
  readonly readOnly: boolean;
  readonly rotational: boolean | null;
  readonly diskseq: string | null;
  readonly partitions: readonly Partition[];
}

/**
 * What is no disk: memory, CD and floppy drives, the kernel's devices made of other devices, a board's own firmware, and
 * the parts of an eMMC that a board boots from.
 */
const notDisks = /^(ram|sr|scd|fd|dm-|md|bcache|drbd|zd|mtdblock)\d|^md_|^mmcblk\d+(boot\d|rpmb)/;

/**
 * The whole disks, sorted by name. What has no size (no medium, a free loop device) is not there, but for a disk that the
 * kernel cannot use: whoever has filled 24 bays looks for 24 disks.
 */
export async function blockDevices(machine: Machine): Promise<BlockDevice[]> {
  const names = (await machine.list("/sys/block")).filter((name) => !notDisks.test(name));
  const devices = await Promise.all(
    names.map(async (name) => (await readBlockDevice(machine, name)) ?? readUnusableDisk(machine, name)),
  );
  return devices.filter((device) => device !== null);
}

/** Reads one whole disk by its sysfs name; null when it is not there, has no size or is none. */
export async function readBlockDevice(machine: Machine, name: string): Promise<BlockDevice | null> {
  const folder = await machine.resolve(`/sys/block/${name}`);
  if (folder === null) return null;
  const sizeBytes = sectors(await machine.readText(`${folder}/size`));
  return sizeBytes === 0 ? null : readIn(machine, folder, sizeBytes, null);
}

/**
 * A SCSI disk whose sectors the kernel cannot use, of 520 bytes for one, or that does not tell its capacity, is given the
 * size 0 (sd.c, `sd_read_capacity`). So is one that is being removed, but then its state is not "running" any more.
 */
async function readUnusableDisk(machine: Machine, name: string): Promise<BlockDevice | null> {
  const folder = await machine.resolve(`/sys/block/${name}`);
  const why = whyUnusable[busOf(folder ?? "") ?? ""];
  if (folder === null || why === undefined) return null;
  const property = await readProperties(machine, folder, [
    "size",
    "removable",
    "device/type",
    "device/state",
  ]);
  const isDisk = property("device/type") === "0" && property("removable") === "0";
  const isRunning = (property("device/state") ?? "running") === "running";
  return isDisk && isRunning && property("size") === "0" ? readIn(machine, folder, 0, why) : null;
}

const otherSectors =
  "the kernel cannot use its capacity: sectors of 520 or 528 bytes have to be made 512 first, which erases them (sg_format --format --size=512)";

/** By its bus. On USB it may just be an empty dock. */
const whyUnusable: Readonly<Record<string, string>> = {
  sas: otherSectors,
  scsi: otherSectors,
  fc: otherSectors,
  sata: "the kernel could not read its capacity: it does not answer as a disk does",
};

async function readIn(
  machine: Machine,
  folder: string,
  sizeBytes: number,
  unusable: string | null,
): Promise<BlockDevice | null> {
  const property = await readProperties(machine, folder, ["dev", "ro", "diskseq", "hidden"]);
  const number = property("dev");
  if (number === null || property("hidden") === "1") return null;
  const name = folder.slice(folder.lastIndexOf("/") + 1);
  return {
    name,
    path: nodePath(name),
    number,
    folder,
    sizeBytes,
    unusable,
    readOnly: property("ro") === "1",
    diskseq: property("diskseq"),
    ...(await readQueue(machine, folder)),
    partitions: await readPartitions(machine, folder),
  };
}

async function readQueue(machine: Machine, folder: string) {
  const properties = ["logical_block_size", "physical_block_size", "rotational"] as const;
  const property = await readProperties(machine, `${folder}/queue`, properties);
  const logicalSectorBytes = positive(property("logical_block_size")) ?? 512;
  const rotational = property("rotational");
  return {
    logicalSectorBytes,
    physicalSectorBytes: positive(property("physical_block_size")) ?? logicalSectorBytes,
    rotational: rotational === null ? null : rotational === "1",
  };
}

async function readPartitions(machine: Machine, folder: string): Promise<Partition[]> {
  const disk = folder.slice(folder.lastIndexOf("/") + 1);
  const names = (await machine.list(folder)).filter((name) => name.startsWith(disk));
  const partitions = await Promise.all(names.map((name) => readPartition(machine, folder, name)));
  return partitions.filter((partition) => partition !== null);
}

async function readPartition(machine: Machine, folder: string, name: string): Promise<Partition | null> {
  const property = await readProperties(machine, `${folder}/${name}`, ["partition", "dev", "size"]);
  const number = property("dev");
  if (property("partition") === null || number === null) return null;
  return { name, path: nodePath(name), number, sizeBytes: sectors(property("size")) };
}

/**
 * sysfs counts in units of 512 bytes, whatever the disk's sector size (Documentation/ABI/stable/sysfs-block). Broken
 * sticks claim sizes that nothing has; what cannot be counted to is no size, and neither is what is no number.
 */
function sectors(count: string | null): number {
  const sizeBytes = (positive(count) ?? 0) * 512;
  return Number.isSafeInteger(sizeBytes) ? sizeBytes : 0;
}

function positive(text: string | null): number | null {
  const number = /^\d+$/.test(text ?? "") ? Number(text) : 0;
  return number > 0 ? number : null;
}

/** The node under /dev: sysfs writes "cciss!c0d0" for "cciss/c0d0". */
export function nodePath(name: string): string {
  return `/dev/${printable(name.replaceAll("!", "/")) ?? name}`;
}
