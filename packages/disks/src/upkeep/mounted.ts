/** What of a disk is mounted or swap, however many layers stand between: partitions, LUKS, LVM, RAID, loop devices. */
import type { UnmountPlan } from "@trofie/contract";
import { nodePath } from "../discovery/block-devices.ts";
import { readMounts, readSwaps, type Mount } from "../discovery/mounts.ts";
import { devicesOfMount, devicesUnderFile, type Layers } from "../discovery/storage-layers.ts";
import { readPools } from "../discovery/zfs-pools.ts";
import type { Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";

export interface InUse {
  /** In the order in which they are unmounted: what was mounted last comes first. */
  readonly mounts: readonly Mount[];
  readonly swaps: readonly string[];
  /** All mounts there are, as the kernel lists them: in the order in which they were made. */
  readonly all: readonly Mount[];
}

/** `number` is the disk's: "8:16"; null of a practice file, of which nothing can be mounted by itself. */
export async function readInUse(machine: Machine, number: string | null): Promise<InUse> {
  const all = await readMounts(machine);
  if (number === null) return { mounts: [], swaps: [], all };
  const layers: Layers = { machine, mounts: all, pools: await readPools(machine) };
  const isOurs = await Promise.all(all.map((mount) => standsOn(layers, mount, number)));
  const swaps = await readSwaps(machine);
  const under = await Promise.all(swaps.map((path) => devicesUnderFile(layers, path)));
  return {
    mounts: all.filter((_, i) => isOurs[i]).toReversed(),
    swaps: swaps.filter((_, i) => under[i]?.has(number)),
    all,
  };
}

async function standsOn(layers: Layers, mount: Mount, number: string): Promise<boolean> {
  for (const right of await devicesOfMount(layers, mount)) {
    if (right === number) return true;
    const path = await pathOf(layers.machine, right);
    if (path !== null && (await devicesUnderFile(layers, path)).has(number)) return true;
  }
  return false;
}

async function pathOf(machine: Machine, number: string): Promise<string | null> {
  const folder = await machine.resolve(`/sys/dev/block/${number}`);
  return folder === null ? null : nodePath(folder.slice(folder.lastIndexOf("/") + 1));
}

/** As a plan shows it. */
export function shown({ source, point }: Mount): UnmountPlan["mounts"][number] {
  return { path: printable(source) ?? "", point: printable(point) ?? "" };
}

/**
 * A mount that was made later at the same place or at a folder above it: whoever unmounts by its path now would meet that
 * one. Null when there is none.
 */
export function coverOf({ all }: Pick<InUse, "all">, mount: Mount): Mount | null {
  const later = all.slice(all.lastIndexOf(mount) + 1);
  return later.find(({ point }) => point === mount.point || isBelow(mount.point, point)) ?? null;
}

/** True when a path lies in that folder; "/" is not looked at, for systems change their root while they start. */
export function isBelow(path: string, folder: string): boolean {
  return folder !== "/" && path.startsWith(`${folder}/`);
}
