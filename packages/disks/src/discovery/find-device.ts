/** From what a person or a program wrote to the device that is meant, or a refusal that says why there is none. */
import { Refusal } from "@trofie/commands";
import type { Found } from "./discover.ts";
import type { FileStat, Machine } from "../machine/machine.ts";
import { nodePath } from "./block-devices.ts";
import { consistsOfSectors, practiceSectorBytes } from "./practice-files.ts";
import { printable } from "../machine/printable.ts";
import type { Places } from "./surroundings.ts";

/** Accepts "/dev/sdb", a link such as "/dev/disk/by-id/…", a practice file's path, and bare names: "sdb", "disk-1.img". */
export async function findDevice(
  machine: Machine,
  found: readonly Found[],
  places: Places,
  written: string,
  verb = "erase",
): Promise<Found> {
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
  if (below.length === 0) return "it is no disk, or nothing is in it";
  return `it is made of ${below.join(", ")}, and only whole disks are erased`;
}

function noDevice(verb: string, written: string, state: string): Refusal {
  return new Refusal("DEVICE_NOT_FOUND", `Cannot ${verb} ${printable(written) ?? "it"}: ${state}`);
}
