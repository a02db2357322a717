/** How a disk is attached, and where: told by the folders that it lies under in sysfs. */
import type { Machine } from "../machine/machine.ts";

/** The first that is found decides: a SATA disk in a USB case is "usb", one behind a SAS controller is "sas". */
const buses = [
  [/\/usb\d/, "usb"],
  [/\/nvme/, "nvme"],
  [/\/ata\d/, "sata"],
  [/\/end_device-/, "sas"],
  [/\/virtio\d/, "virtio"],
  [/\/mmc_host/, "mmc"],
  [/\/session\d/, "iscsi"],
  [/\/rport-/, "fc"],
  [/\/host\d+\/target/, "scsi"],
  [/\/block\/(loop|zram|nbd)\d/, null],
] as const;

/** "nvme", "sata", "loop"; null when not known. */
export function busOf(folder: string): string | null {
  for (const [part, bus] of buses) {
    const match = part.exec(folder);
    if (match !== null) return bus ?? match[1] ?? null;
  }
  return null;
}

/** Each finds where in the path a shared part of the way ends; the first that does decides. */
const sharedWays = [
  // a hub between the disk and the machine's own port: "2-1" of "usb2/2-1/2-1.4/2-1.4:1.0"
  /^\/sys\/devices\/(.+?\/usb\d+\/\d+-\d+)\/\d+-\d+\.[\d.]+\//,
  /^\/sys\/devices\/(.+?)\/usb\d+\//,
  // the last PCI function on the way: "0000:3b:00.0"
  /^\/sys\/devices\/(.*[\da-f]{4,}:[\da-f]{2}:[\da-f]{2}\.[0-7])\//,
];

/**
 * What a disk shares with all that is behind it: the USB hub, of several the one next to the machine, or else the host's
 * controller. Null of what has none.
 */
export function controllerOf(folder: string): string | null {
  return sharedWays.map((way) => way.exec(folder)?.[1]).find((found) => found !== undefined) ?? null;
}

/**
 * Where it is attached, without the numbers that the kernel gives in the order of finding ("host6", "6:0:0:0"). Null
 * for what is attached nowhere.
 */
export async function busPathOf(machine: Machine, folder: string): Promise<string | null> {
  const controllers = await controllersOf(machine, folder);
  const real =
    controllers.length === 1 ? `${controllers[0]}/${folder.slice(folder.lastIndexOf("/") + 1)}` : folder;
  const [, path] = /^\/sys\/devices\/(.+?)(\/block\/.*)?$/.exec(real) ?? [];
  if (path === undefined || /^virtual(\/|$)/.test(path)) return null;
  return path
    .split("/")
    .map((part) => part.replace(/^(host|target|nvme|virtio)\d+/, "$1").replace(/^\d+(:\d+:\d+:\d+)$/, "$1"))
    .join("/");
}

/**
 * The controllers of an NVMe disk that can have several: such a disk lies under its subsystem, and that links to them
 * (the kernel's NVMe multipath).
 */
export async function controllersOf(machine: Machine, folder: string): Promise<string[]> {
  const subsystem = /^(\/sys\/devices\/virtual\/nvme-subsystem\/[^/]+)\//.exec(folder)?.[1];
  if (subsystem === undefined) return [];
  const names = (await machine.list(subsystem)).filter((name) => /^nvme\d+$/.test(name));
  const folders = await Promise.all(names.map((name) => machine.resolve(`${subsystem}/${name}`)));
  return folders.filter((found) => found !== null);
}
