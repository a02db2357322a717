/** The disks that the system or the station itself lives on, found by walking down from files to physical disks. */
import type { Machine } from "../machine/machine.ts";
import type { Mount } from "./mounts.ts";
import { devicesUnder } from "./storage-layers.ts";
import type { Places } from "./surroundings.ts";

const systemPaths = ["/", "/boot", "/boot/efi", "/usr", "/var"];

/** Device numbers of those disks, each with the path that lies on it. */
export async function systemDisks(
  machine: Machine,
  mounts: readonly Mount[],
  places: Places,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const practice = places.practiceFolder === null ? [] : [places.practiceFolder];
  for (const path of [...systemPaths, ...places.needed, ...practice]) {
    const file = await machine.stat(path);
    if (file === null) continue;
    for (const number of await devicesUnder(machine, mounts, file.onDevice)) {
      if (!found.has(number)) found.set(number, path);
    }
  }
  return found;
}
