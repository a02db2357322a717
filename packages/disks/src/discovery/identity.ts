/** What a device is, as opposed to where it is found; read from sysfs alone, so that the job's process reads the same. */
import type { Identity } from "@trofie/contract";
import type { BlockDevice } from "./block-devices.ts";
import { busOf, busPathOf } from "./bus.ts";
import { modelOf, serialOf, wwnOf } from "./names.ts";
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
    busPath: await busPathOf(machine, device.folder),
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

/**
 * True for one disk behind two ways to it (multipath without its device-mapper): all that names it is the same. Makers of
 * USB bridges give the same names to many, and a USB disk has one way only.
 */
export function isSameDisk(a: { disk: BlockDevice; identity: Identity }, b: typeof a): boolean {
  const isOnUsb = [a, b].some(({ disk }) => busOf(disk.folder) === "usb");
  const { serial, wwn } = a.identity;
  const fields = ["kind", "serial", "wwn", "model", "sizeBytes"] as const;
  return (
    !isOnUsb && serial !== null && wwn !== null && differenceBetween(a.identity, b.identity, fields) === null
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
