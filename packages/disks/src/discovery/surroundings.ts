/** What a machine does with its devices at one moment: read once per listing, then asked for each device. */
import { readExports, type Export } from "./exports.ts";
import { readLoops, type Loop } from "./loops.ts";
import type { Machine } from "../machine/machine.ts";
import { readMounts, readSwaps } from "./mounts.ts";
import { WritersMemory, type Writer } from "./open-elsewhere.ts";
import { readProtections, type Protection } from "./protected.ts";
import { devicesOfMount } from "./storage-layers.ts";
import { systemDisks } from "./system-disks.ts";
import { readPools, type Pool } from "./zfs-pools.ts";

/** Where a station lives, besides the system itself. */
export interface Places {
  /** The only folder whose regular files are devices; null when the station offers none. */
  readonly practiceFolder: string | null;
  /** The only folder whose files are images; null when the station offers none. */
  readonly imagesFolder: string | null;
  /** Folders and files that the station needs: its state folder, its program. */
  readonly needed: readonly string[];
  /** The names of the devices that are not to be touched: "serial:…", "wwn:…", a path, or a glob of paths. */
  readonly protected: readonly string[];
}

export interface Swap {
  readonly path: string;
  /** "8:2" of a swap device, null of a swap file. */
  readonly number: string | null;
}

export interface MountPoint {
  readonly point: string;
  /** The numbers of the devices right under it. */
  readonly numbers: readonly string[];
}

export interface Surroundings {
  readonly mounts: readonly MountPoint[];
  readonly swaps: readonly Swap[];
  readonly loops: readonly Loop[];
  readonly pools: readonly Pool[];
  readonly exports: readonly Export[];
  /** Other processes that have devices or practice files open for writing. */
  readonly writers: readonly Writer[];
  /** The numbers of whole disks that the system or the station lives on, each with what lives there. */
  readonly system: ReadonlyMap<string, string>;
  readonly protections: readonly Protection[];
}

/** `writers` remembers who was seen to write; without it every process is looked into now. */
export async function readSurroundings(
  machine: Machine,
  places: Places,
  writers = new WritersMemory(),
): Promise<Surroundings> {
  const mounts = await readMounts(machine);
  const pools = await readPools(machine);
  const loops = await readLoops(machine);
  const layers = { machine, mounts, pools };
  return {
    mounts: await Promise.all(
      mounts.map(async (mount) => ({ point: mount.point, numbers: await devicesOfMount(layers, mount) })),
    ),
    swaps: await swapsOf(machine),
    loops,
    pools,
    exports: await readExports(machine),
    writers: await writers.writers(machine, await practicePaths(machine, places)),
    system: await systemDisks(layers, loops, places),
    protections: await readProtections(layers, loops, places.protected),
  };
}

async function swapsOf(machine: Machine): Promise<Swap[]> {
  const paths = await readSwaps(machine);
  return Promise.all(
    paths.map(async (path) => ({ path, number: (await machine.stat(path))?.number ?? null })),
  );
}

async function practicePaths(
  machine: Machine,
  { practiceFolder }: Places,
): Promise<(path: string) => boolean> {
  const folder = practiceFolder === null ? null : await machine.resolve(practiceFolder);
  return (path) => folder !== null && path.startsWith(`${folder}/`);
}
