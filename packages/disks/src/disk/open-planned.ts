/** Opens the device of a plan, after which no other device can be taken for it, and makes sure that it is that device. */
import { Refusal } from "@trofie/commands/errors";
import type { Device, Identity } from "@trofie/contract";
import { readBlockDevice } from "../discovery/block-devices.ts";
import { discoverWithoutContents, type Found } from "../discovery/discover.ts";
import { reasonOf, type OpenedDisk } from "./disk.ts";
import { differenceBetween, identityOf, practiceIdentity } from "../discovery/identity.ts";
import type { FileStat, Machine } from "../machine/machine.ts";
import { readBootId } from "../machine/process-id.ts";
import { writersOf } from "../discovery/open-elsewhere.ts";
import { obstacleTo } from "../discovery/refusals.ts";
import type { Places } from "../discovery/surroundings.ts";

export interface PlannedDisk {
  readonly disk: OpenedDisk;
  /** As it was found when it was opened; `path` is where it is now. */
  readonly device: Device;
  /** Throws a `Refusal` IDENTITY_CHANGED when the open device is no longer there, or no longer the planned one. */
  readonly checkIdentity: () => Promise<void>;
}

export interface Planned {
  readonly path: string;
  readonly identity: Identity;
  readonly bootId: string;
}

export interface Opening {
  /** What a refusal says cannot be done: "Cannot erase /dev/sdb: …". */
  readonly verb?: string;
  /** Of a job that goes on: the device is looked for wherever it is attached now, however often it was since. */
  readonly again?: boolean;
}

/**
 * Throws a `Refusal` when the device is in use, would be refused in a plan now, or is another one than was planned.
 * All is asked about the file that was opened, not about the path.
 */
export function openPlanned(
  machine: Machine,
  places: Places,
  planned: Planned,
  { verb = "erase", again = false }: Opening = {},
): Promise<PlannedDisk> {
  return new Doorway(machine, places, planned, verb, again).open("write");
}

/** As `openPlanned`, but only to read, and claims nothing; a read-only device is as good as another. */
export function openPlannedToRead(
  machine: Machine,
  places: Places,
  planned: Planned,
  { verb = "read", again = false }: Opening = {},
): Promise<PlannedDisk> {
  return new Doorway(machine, places, planned, verb, again).open("read");
}

const durableFields = ["kind", "serial", "wwn", "model", "sizeBytes", "busPath", "backing"] as const;

class Doorway {
  readonly #machine: Machine;
  readonly #places: Places;
  readonly #planned: Planned;
  readonly #verb: string;
  readonly #isAgain: boolean;

  constructor(machine: Machine, places: Places, planned: Planned, verb: string, isAgain: boolean) {
    this.#machine = machine;
    this.#places = places;
    this.#planned = planned;
    this.#verb = verb;
    this.#isAgain = isAgain;
  }

  async open(to: "read" | "write"): Promise<PlannedDisk> {
    const path = this.#isAgain ? await this.#pathNow() : this.#planned.path;
    const disk = await this.#openOrRefuse(path, to);
    try {
      const device = await this.#checkOpened(disk, to);
      return { disk, device, checkIdentity: () => this.#checkStillThere(disk.file, device) };
    } catch (error) {
      await disk.close();
      throw error;
    }
  }

  /** Names are given anew at each attachment: the device is known by what it is. */
  async #pathNow(): Promise<string> {
    const found = await discoverWithoutContents(this.#machine, this.#places);
    const same = found.filter(({ device }) => this.#difference(device.identity, durableFields) === null);
    if (same.length === 1) return same[0]!.device.path;
    throw this.#refusal("DEVICE_NOT_FOUND", same.length === 0 ? "it is gone" : "two devices answer to it");
  }

  async #openOrRefuse(path: string, to: "read" | "write"): Promise<OpenedDisk> {
    try {
      return to === "write" ? await this.#machine.open(path) : await this.#machine.openToRead(path);
    } catch (error) {
      throw (await this.#refusalNow(path, to)) ?? this.#refusalToOpen(path, reasonOf(error));
    }
  }

  /** Says more than the kernel's EBUSY: who it is that uses the device. */
  async #refusalNow(path: string, to: "read" | "write"): Promise<Refusal | null> {
    const devices = await discoverWithoutContents(this.#machine, this.#places);
    const found = devices.find(({ device }) => device.path === path);
    return found === undefined ? null : refusalOf(found, this.#verb, to);
  }

  #refusalToOpen(path: string, reason: string): Refusal {
    const [code, state] = openings[reason] ?? ["DEVICE_NOT_FOUND", `it cannot be opened (${reason})`];
    return new Refusal(code, `Cannot ${this.#verb} ${path}: ${state}`);
  }

  async #checkOpened(disk: OpenedDisk, to: "read" | "write"): Promise<Device> {
    const devices = await discoverWithoutContents(this.#machine, this.#places);
    const found = devices.find(({ is }) => is(disk.file));
    if (found === undefined) throw this.#refusal("IDENTITY_CHANGED", "it is no device now");
    await this.#checkSame({ ...found.device.identity, sizeBytes: disk.sizeBytes });
    const refusal = refusalOf(found, this.#verb, to);
    if (refusal !== null) throw refusal;
    if (to === "write") await this.#refuseIfOpenElsewhere(found, disk.file);
    return found.device;
  }

  /** Two jobs that open the same practice file at once both come here after opening it, so each sees the other. */
  async #refuseIfOpenElsewhere({ device }: Found, file: FileStat): Promise<void> {
    const [writer] = await writersOf(this.#machine, device.path, file);
    if (writer !== undefined) throw this.#refusal("DEVICE_IN_USE", `it is open for writing in ${writer}`);
  }

  /** Within the boot of the plan the kernel's count of attachments must be the same too, but for a job that goes on. */
  async #checkSame(found: Identity): Promise<void> {
    const isSameAttachment = !this.#isAgain && (await readBootId(this.#machine)) === this.#planned.bootId;
    const fields = isSameAttachment ? [...durableFields, "diskseq" as const] : durableFields;
    const field = differenceBetween(this.#planned.identity, found, fields);
    if (field !== null)
      throw this.#refusal("IDENTITY_CHANGED", whatDiffers(this.#planned.identity, found, field));
  }

  /** A bus path that was not needed in the plan is not looked at: another disk that came since makes this one no other. */
  #difference(found: Identity, fields: readonly (keyof Identity)[]): keyof Identity | null {
    const { identity } = this.#planned;
    const seen = identity.busPath === null ? { ...found, busPath: null } : found;
    return differenceBetween(identity, seen, fields);
  }

  async #checkStillThere(file: FileStat, device: Device): Promise<void> {
    const found = file.number === null ? await this.#fileNow() : await this.#diskNow(file.number);
    if (found === null) throw this.#gone("it is gone");
    const field =
      this.#difference(found, durableFields) ??
      differenceBetween(device.identity, found, ["diskseq"] as const);
    if (field !== null) throw this.#gone(whatDiffers(device.identity, found, field));
  }

  async #fileNow(): Promise<Identity | null> {
    const file = await this.#machine.stat(this.#planned.path);
    return file?.kind === "regular" ? practiceIdentity(this.#planned.path, file) : null;
  }

  /** A disk that the kernel has given up on stays in sysfs as long as somebody has it open, and says so there. */
  async #diskNow(number: string): Promise<Identity | null> {
    const folder = await this.#machine.resolve(`/sys/dev/block/${number}`);
    if (folder === null) return null;
    const device = await readBlockDevice(this.#machine, folder.slice(folder.lastIndexOf("/") + 1));
    const state = await this.#machine.readText(`${folder}/device/state`);
    return device === null || deadStates.has(state ?? "") ? null : identityOf(this.#machine, device);
  }

  #refusal(code: string, state: string): Refusal {
    return new Refusal(code, `Cannot ${this.#verb} ${this.#planned.path}: ${state}`);
  }

  #gone(state: string): Refusal {
    return new Refusal("IDENTITY_CHANGED", `Cannot go on with ${this.#planned.path}: ${state}`);
  }
}

/** `device/state` of SCSI (scsi_sysfs.c) and of NVMe controllers (nvme/host/sysfs.c). */
const deadStates: ReadonlySet<string> = new Set([
  "offline",
  "transport-offline",
  "deleting",
  "deleting (no IO)",
  "dead",
]);

function refusalOf({ device, obstacles }: Found, verb: string, to: "read" | "write"): Refusal | null {
  const first = obstacleTo(to, obstacles);
  return first === undefined
    ? null
    : new Refusal(first.code, `Cannot ${verb} ${device.path}: ${first.state}`);
}

const gone = ["DEVICE_NOT_FOUND", "it is gone"] as const;
const forbidden = ["DEVICE_READ_ONLY", "this station may not write to it"] as const;

/** What the kernel's answers to an exclusive opening for writing mean (open(2)). */
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

function whatDiffers(planned: Identity, found: Identity, field: keyof Identity): string {
  const was = `its ${names[field]} was ${planned[field] ?? "unknown"} and is ${found[field] ?? "unknown"}`;
  return `it is not the planned device, ${was}`;
}

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
