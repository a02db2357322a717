/** Opens the device of a plan, after which no other device can be taken for it, and makes sure that it is that device. */
import { Refusal } from "@trofie/commands";
import type { ErasePlan, Identity } from "@trofie/contract";
import { readBlockDevice } from "../discovery/block-devices.ts";
import { discoverWithoutContents, type Found } from "../discovery/discover.ts";
import { reasonOf, type OpenedDisk } from "./disk.ts";
import { differenceBetween, identityOf, practiceIdentity } from "../discovery/identity.ts";
import type { FileStat, Machine } from "../machine/machine.ts";
import { readBootId } from "../machine/process-id.ts";
import { writersOf } from "../discovery/open-elsewhere.ts";
import type { Places } from "../discovery/surroundings.ts";

export interface PlannedDisk {
  readonly disk: OpenedDisk;
  /** Throws a `Refusal` IDENTITY_CHANGED when the open device is no longer the planned one. */
  readonly checkIdentity: () => Promise<void>;
}

type Planned = Pick<ErasePlan, "path" | "identity" | "bootId">;

/**
 * Throws a `Refusal` when the device is in use, would be refused in a plan now, or is another one than was planned.
 * All is asked about the file that was opened, not about the path.
 */
export async function openPlanned(machine: Machine, places: Places, planned: Planned): Promise<PlannedDisk> {
  const disk = await openOrRefuse(machine, places, planned.path);
  try {
    await checkOpened(machine, places, planned, disk);
  } catch (error) {
    await disk.close();
    throw error;
  }
  return { disk, checkIdentity: () => checkStillThere(machine, planned, disk.file) };
}

async function openOrRefuse(machine: Machine, places: Places, path: string): Promise<OpenedDisk> {
  try {
    return await machine.open(path);
  } catch (error) {
    throw (await refusalNow(machine, places, path)) ?? refusalToOpen(path, reasonOf(error));
  }
}

/** Says more than the kernel's EBUSY: who it is that uses the device. */
async function refusalNow(machine: Machine, places: Places, path: string): Promise<Refusal | null> {
  const found = (await discoverWithoutContents(machine, places)).find(({ device }) => device.path === path);
  const refusal = found?.device.refusal ?? null;
  return refusal === null ? null : new Refusal(refusal.code, refusal.message);
}

/** What the kernel's answers to an exclusive opening for writing mean (open(2)). */
function refusalToOpen(path: string, reason: string): Refusal {
  const [code, state] = openings[reason] ?? ["DEVICE_NOT_FOUND", `it cannot be opened (${reason})`];
  return new Refusal(code, `Cannot erase ${path}: ${state}`);
}

const gone = ["DEVICE_NOT_FOUND", "it is gone"] as const;
const forbidden = ["DEVICE_READ_ONLY", "this station may not write to it"] as const;
const openings: Readonly<Record<string, readonly [code: string, state: string]>> = {
  EBUSY: ["DEVICE_IN_USE", "the kernel says that it is in use"],
  EROFS: ["DEVICE_READ_ONLY", "it is read-only"],
  EACCES: forbidden,
  EPERM: forbidden,
  ENOENT: gone,
  ENXIO: gone,
  ENODEV: gone,
  ENOMEDIUM: ["DEVICE_NOT_FOUND", "nothing is in it"],
  ELOOP: ["IDENTITY_CHANGED", "a symbolic link has taken its place"],
};

async function checkOpened(
  machine: Machine,
  places: Places,
  planned: Planned,
  disk: OpenedDisk,
): Promise<void> {
  const found = (await discoverWithoutContents(machine, places)).find(({ is }) => is(disk.file));
  if (found === undefined) {
    throw new Refusal("IDENTITY_CHANGED", `Cannot erase ${planned.path}: it is no device now`);
  }
  await checkSame(machine, planned, { ...found.device.identity, sizeBytes: disk.sizeBytes });
  const { refusal } = found.device;
  if (refusal !== null) throw new Refusal(refusal.code, refusal.message);
  await refuseIfOpenElsewhere(machine, found, disk.file);
}

/** Two jobs that open the same practice file at once both come here after opening it, so each sees the other. */
async function refuseIfOpenElsewhere(machine: Machine, { device }: Found, file: FileStat): Promise<void> {
  const [writer] = await writersOf(machine, device.path, file);
  if (writer === undefined) return;
  throw new Refusal("DEVICE_IN_USE", `Cannot erase ${device.path}: it is open for writing in ${writer}`);
}

/** A bus path that was not needed in the plan is not looked at: another disk that came since makes this one no other. */
async function checkStillThere(machine: Machine, planned: Planned, file: FileStat): Promise<void> {
  const found = file.number === null ? await fileNow(machine, planned) : await diskNow(machine, file.number);
  if (found === null) throw new Refusal("IDENTITY_CHANGED", `Cannot go on with ${planned.path}: it is gone`);
  await checkSame(machine, planned, planned.identity.busPath === null ? { ...found, busPath: null } : found);
}

async function fileNow(machine: Machine, { path }: Planned): Promise<Identity | null> {
  const file = await machine.stat(path);
  return file?.kind === "regular" ? practiceIdentity(path, file) : null;
}

async function diskNow(machine: Machine, number: string): Promise<Identity | null> {
  const folder = await machine.resolve(`/sys/dev/block/${number}`);
  const device =
    folder === null ? null : await readBlockDevice(machine, folder.slice(folder.lastIndexOf("/") + 1));
  return device === null ? null : identityOf(machine, device);
}

/** Within the boot of the plan the kernel's count of attachments must be the same too; another boot counts anew. */
async function checkSame(machine: Machine, planned: Planned, found: Identity): Promise<void> {
  const isSameBoot = (await readBootId(machine)) === planned.bootId;
  const fields = isSameBoot ? [...durableFields, "diskseq" as const] : durableFields;
  const field = differenceBetween(planned.identity, found, fields);
  if (field === null) return;
  const was = `its ${names[field]} was ${planned.identity[field] ?? "unknown"} and is ${found[field] ?? "unknown"}`;
  throw new Refusal("IDENTITY_CHANGED", `Cannot erase ${planned.path}: it is not the planned device, ${was}`);
}

const durableFields = ["kind", "serial", "wwn", "model", "sizeBytes", "busPath", "backing"] as const;

const names: Readonly<Record<keyof Identity, string>> = {
  kind: "kind",
  serial: "serial number",
  wwn: "WWN",
  model: "model",
  sizeBytes: "size in bytes",
  busPath: "place on the bus",
  backing: "backing file",
  diskseq: "attachment (diskseq)",
};
