/** The disks that the system or the station itself lives on, found by walking down from files to physical disks. */
import { isSameFile, type Loop } from "./loops.ts";
import { devicesUnderFile, type Layers } from "./storage-layers.ts";
import type { Places } from "./surroundings.ts";

const systemPaths = ["/", "/boot", "/boot/efi", "/efi", "/usr", "/var", "/nix/store"];

/** Device numbers of those disks, each with the path that lies on it. */
export async function systemDisks(
  layers: Layers,
  loops: readonly Loop[],
  places: Places,
): Promise<Map<string, string>> {
  const practice = places.practiceFolder === null ? [] : [places.practiceFolder];
  const found = new Map<string, string>();
  const add = (number: string, path: string) => found.has(number) || found.set(number, path);
  for (const path of [...systemPaths, ...places.needed, ...practice]) {
    for (const number of await devicesUnderFile(layers, path)) add(number, path);
    const file = await layers.machine.stat(path);
    if (file?.kind !== "regular") continue;
    for (const { backing, number } of loops) {
      if (backing !== null && isSameFile(backing, file)) add(number, path);
    }
  }
  return found;
}
