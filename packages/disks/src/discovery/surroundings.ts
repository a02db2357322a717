/** What a machine does with its devices at one moment: read once per listing, then asked for each device. */
import { readLoops, type Loop } from "./loops.ts";
import type { Machine } from "../machine/machine.ts";
import { readMounts, readSwaps } from "./mounts.ts";
import { devicesOfMount } from "./storage-layers.ts";
import { systemDisks } from "./system-disks.ts";

/** Where a station lives, besides the system itself. */
export interface Places {
  /** The only folder whose regular files are devices; null when the station offers none. */
  readonly practiceFolder: string | null;
  /** The only folder whose files are images; null when the station offers none. */
  readonly imagesFolder: string | null;
  /** Folders and files that the station needs: its state folder, its program. */
  readonly needed: readonly string[];
}

interface Swap {
  readonly path: string;
  /** "8:2" of a swap device, null of a swap file. */
  readonly number: string | null;
}

interface MountPoint {
  readonly point: string;
  /** The numbers of the devices right under it. */
  readonly numbers: readonly string[];
}

export interface Surroundings {
  readonly mounts: readonly MountPoint[];
  readonly swaps: readonly Swap[];
  readonly loops: readonly Loop[];
  /** The numbers of whole disks that the system or the station lives on, each with what lives there. */
  readonly system: ReadonlyMap<string, string>;
}

export async function readSurroundings(machine: Machine, places: Places): Promise<Surroundings> {
  const mounts = await readMounts(machine);
  const swaps = await readSwaps(machine);
  return {
    mounts: await Promise.all(
      mounts.map(async (mount) => ({ point: mount.point, numbers: await devicesOfMount(machine, mount) })),
    ),
    swaps: await Promise.all(
      swaps.map(async (path) => ({ path, number: (await machine.stat(path))?.number ?? null })),
    ),
    loops: await readLoops(machine),
    system: await systemDisks(machine, mounts, places),
  };
}
