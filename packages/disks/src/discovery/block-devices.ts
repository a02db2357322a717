/** The sweep over sysfs: every whole disk, with what the kernel knows of it. */
import { printable } from "../machine/printable.ts";
import { readProperties, type Machine } from "../machine/machine.ts";

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
  readonly sizeBytes: number;
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

/** The whole disks, sorted by name. What has no size (no medium, a free loop device, an unknown format) is not there. */
export async function blockDevices(machine: Machine): Promise<BlockDevice[]> {
  const names = (await machine.list("/sys/block")).filter((name) => !notDisks.test(name));
  const devices = await Promise.all(names.map((name) => readBlockDevice(machine, name)));
  return devices.filter((device) => device !== null);
}

/** Reads one whole disk by its sysfs name; null when it is not there or is none. */
export async function readBlockDevice(machine: Machine, name: string): Promise<BlockDevice | null> {
  const folder = await machine.resolve(`/sys/block/${name}`);
  if (folder === null) return null;
  const sizeBytes = sectors(await machine.readText(`${folder}/size`));
  if (sizeBytes === 0) return null;
  const property = await readProperties(machine, folder, ["dev", "ro", "diskseq", "hidden"]);
  const number = property("dev");
  if (number === null || property("hidden") === "1") return null;
  return {
    name,
    path: nodePath(name),
    number,
    folder,
    sizeBytes,
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
