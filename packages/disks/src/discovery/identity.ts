/** What a device is, as opposed to where it is found; read from sysfs alone, so that the job's process reads the same. */
import type { Identity } from "@trofie/contract";
import type { BlockDevice } from "./block-devices.ts";
import { readProperties, type FileStat, type Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";

/** The identity of a whole disk or an attached loop device, with its bus path; `withoutNeedlessBusPaths` decides on that. */
export async function identityOf(machine: Machine, device: BlockDevice): Promise<Identity> {
  const { sizeBytes, diskseq } = device;
  if (device.name.startsWith("loop")) {
    const backing = await loopBacking(machine, device.folder);
    return { ...nameless, kind: "loop", sizeBytes, backing, diskseq };
  }
  return {
    kind: "disk",
    serial: await serialOf(machine, device.folder),
    wwn: await wwnOf(machine, device.folder),
    model: await modelOf(machine, device.folder),
    sizeBytes,
    busPath: busPathOf(device.folder),
    backing: null,
    diskseq,
  };
}

const nameless = { serial: null, wwn: null, model: null, busPath: null };

/** A practice file is its real path and its inode, on the device it lies on. */
export function practiceIdentity(path: string, file: FileStat): Identity {
  const backing = `${path} ${file.onDevice}:${file.inode}`;
  return { ...nameless, kind: "practice", sizeBytes: file.sizeBytes, backing, diskseq: null };
}

/**
 * Keeps the bus path of disks that have neither serial nor WWN or that share both with another: where they are attached
 * is all that tells those apart. Every other disk is the same disk at any port.
 */
export function withoutNeedlessBusPaths(identities: readonly Identity[]): Identity[] {
  const names = identities.map(({ serial, wwn }) => JSON.stringify([serial, wwn]));
  const isNameless = ({ serial, wwn }: Identity) => serial === null && wwn === null;
  const isShared = (i: number) => names.indexOf(names[i] ?? "") !== names.lastIndexOf(names[i] ?? "");
  return identities.map((identity, i) =>
    isNameless(identity) || isShared(i) ? identity : { ...identity, busPath: null },
  );
}

/** The first of these fields in which two identities differ. */
export function differenceBetween(
  planned: Identity,
  found: Identity,
  fields: readonly (keyof Identity)[],
): keyof Identity | null {
  return fields.find((field) => planned[field] !== found[field]) ?? null;
}

/** "path device:inode" of a loop device's backing file, and where in it the device begins if not at its start. */
async function loopBacking(machine: Machine, folder: string): Promise<string | null> {
  const property = await readProperties(machine, `${folder}/loop`, ["backing_file", "offset"]);
  const path = property("backing_file");
  if (path === null) return null;
  const file = await machine.stat(path);
  const inode = file === null ? "" : ` ${file.onDevice}:${file.inode}`;
  const offset = property("offset") ?? "0";
  return `${printable(path)}${inode}${offset === "0" ? "" : ` from byte ${offset}`}`;
}

/**
 * Where each bus keeps the serial number: NVMe and MMC at the device, virtio at the disk, SATA and SCSI in the vital
 * product data page 80h (SPC-4 §7.8.18: four bytes of header, then text), plain USB only at the USB device above.
 */
async function serialOf(machine: Machine, folder: string): Promise<string | null> {
  const page80 = await machine.readText(`${folder}/device/vpd_pg80`);
  return (
    printable(page80?.slice(4) ?? null) ??
    printable(await machine.readText(`${folder}/device/serial`)) ??
    printable(await machine.readText(`${folder}/serial`)) ??
    (await usbSerialOf(machine, folder))
  );
}

async function usbSerialOf(machine: Machine, folder: string): Promise<string | null> {
  if (busOf(folder) !== "usb") return null;
  for (let above = parentOf(folder); above.includes("/usb"); above = parentOf(above)) {
    if ((await machine.readText(`${above}/idVendor`)) === null) continue;
    return printable(await machine.readText(`${above}/serial`));
  }
  return null;
}

/** World-wide name: SCSI's and NVMe's `wwid` ("naa.5000…", "eui.…", "nvme.…"). */
async function wwnOf(machine: Machine, folder: string): Promise<string | null> {
  return (
    printable(await machine.readText(`${folder}/wwid`)) ??
    printable(await machine.readText(`${folder}/device/wwid`))
  );
}

async function modelOf(machine: Machine, folder: string): Promise<string | null> {
  return (
    printable(await machine.readText(`${folder}/device/model`)) ??
    printable(await machine.readText(`${folder}/device/name`))
  );
}

/** Where it is attached, without the numbers that the kernel gives in the order of finding ("host6", "6:0:0:0"). */
function busPathOf(folder: string): string | null {
  const [, path] = /^\/sys\/devices\/(.+?)(\/block\/.*)?$/.exec(folder) ?? [];
  if (path === undefined || path.startsWith("virtual/")) return null;
  return path
    .split("/")
    .map((part) => part.replace(/^(host|target|nvme|virtio)\d+/, "$1").replace(/^\d+(:\d+:\d+:\d+)$/, "$1"))
    .join("/");
}

/** How a disk is attached, by the folders it lies under. */
export function busOf(folder: string): string | null {
  const buses = [
    ["/usb", "usb"],
    ["/nvme", "nvme"],
    ["/ata", "sata"],
    ["/end_device-", "sas"],
    ["/virtio", "virtio"],
    ["/mmc_host", "mmc"],
    ["/block/loop", "loop"],
  ] as const;
  return buses.find(([part]) => folder.includes(part))?.[1] ?? null;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
