/** From what a person or a program wrote to the device that is meant, or a refusal that says why there is none. */
import { Refusal } from "@trofie/commands/errors";
import type { Device } from "@trofie/contract";
import type { Found } from "./discover.ts";
import { readProperties, type FileStat, type Machine } from "../machine/machine.ts";
import { nodePath } from "./block-devices.ts";
import { hasOwnName, ownNameIn } from "./own-names.ts";
import { consistsOfSectors, practiceSectorBytes } from "./practice-files.ts";
import { printable } from "../machine/printable.ts";
import type { Places } from "./surroundings.ts";

/**
 * Accepts "/dev/sdb", a link such as "/dev/disk/by-id/…", a practice file's path, bare names ("sdb", "disk-1.img"), and
 * what a disk calls itself: "serial:WD-WCC7K0AAAAAA", "wwn:50014ee2b1234567".
 */
export async function findDevice(
  machine: Machine,
  found: readonly Found[],
  places: Places,
  written: string,
  verb = "erase",
): Promise<Found> {
  const named = ownNameIn(written);
  if (named !== null) return onlyOne(foundByName(found, named), verb, written);
  for (const path of pathsMeant(written, places)) {
    const real = await machine.resolve(path);
    const file = real === null ? null : await machine.stat(real);
    if (real === null || file === null) continue;
    const match = found.find(({ is, device }) => is(file) && (file.kind === "block" || device.path === real));
    if (match !== undefined) return match;
    throw noDevice(verb, written, await whatItIs(machine, real, file, places));
  }
  throw noDevice(verb, written, "there is no such device");
}

function foundByName(found: readonly Found[], named: RegExpExecArray): Found[] {
  return found.filter(({ device }) => hasOwnName(device.identity, named));
}

/** Of several none is taken: which one was meant is not for us to guess. */
function onlyOne(matches: readonly Found[], verb: string, written: string): Found {
  const [match] = matches;
  if (match === undefined) throw noDevice(verb, written, "no device has that name now");
  if (matches.length === 1) return match;
  const candidates = matches.map(({ device }) => candidateInWords(device)).join(", ");
  throw noDevice(
    verb,
    written,
    `${matches.length} devices have that name, ${candidates}; name one by its path`,
  );
}

function candidateInWords({ path, identity }: Device): string {
  return identity.model === null ? path : `${path} (${identity.model})`;
}

/** A relative path means nothing to a station: its folder is not the caller's. */
function pathsMeant(written: string, places: Places): string[] {
  if (written.includes("\0")) return [];
  if (written.startsWith("/")) return [written];
  if (written.includes("/")) return [];
  const practice = places.practiceFolder === null ? [] : [`${places.practiceFolder}/${written}`];
  return [`/dev/${written}`, ...practice];
}

async function whatItIs(machine: Machine, real: string, file: FileStat, places: Places): Promise<string> {
  if (file.number !== null) return whatBlockDeviceItIs(machine, file.number);
  if (file.kind !== "regular") return "it is neither a disk nor a practice file";
  if (places.practiceFolder === null) return "it is a file, and no practice folder is open";
  const folder = await machine.resolve(places.practiceFolder);
  const isOutside = real.slice(0, real.lastIndexOf("/")) !== folder;
  if (isOutside) return `it is a file outside the practice folder ${folder}`;
  if (consistsOfSectors(file)) return "its name cannot be shown as it is";
  return `its ${file.sizeBytes} bytes are no whole number of sectors of ${practiceSectorBytes} bytes`;
}

async function whatBlockDeviceItIs(machine: Machine, number: string): Promise<string> {
  const folder = await machine.resolve(`/sys/dev/block/${number}`);
  if (folder === null) return "its device is gone";
  if ((await machine.readText(`${folder}/partition`)) !== null) {
    const disk = folder.split("/").at(-2) ?? "";
    return `it is a partition of ${nodePath(disk)}, and only whole disks are erased`;
  }
  const below = (await machine.list(`${folder}/slaves`)).map(nodePath);
  if (below.length === 0) return whyNoDisk(machine, folder);
  return `it is made of ${below.join(", ")}, and only whole disks are erased`;
}

async function whyNoDisk(machine: Machine, folder: string): Promise<string> {
  const property = await readProperties(machine, folder, ["size", "device/type"]);
  const hasSize = property("device/type") === "0" && property("size") !== "0";
  return hasSize ? "it claims a size that no disk has" : "it is no disk, or nothing is in it";
}

function noDevice(verb: string, written: string, state: string): Refusal {
  return new Refusal("DEVICE_NOT_FOUND", `Cannot ${verb} ${printable(written) ?? "it"}: ${state}`);
}
