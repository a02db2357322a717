/** What stands on what: from a file system down to the disks that its bytes lie on. */
import type { Machine } from "../machine/machine.ts";
import { mountAt, type Mount } from "./mounts.ts";
import type { Pool } from "./zfs-pools.ts";

/** What one must know of a machine to walk down. */
export interface Layers {
  readonly machine: Machine;
  readonly mounts: readonly Mount[];
  readonly pools: readonly Pool[];
}

/**
 * Every device that a file stands on, whether it is there or not yet: the one of its file system, partitions to their
 * disk, device-mapper and MD to their slaves, loop devices to the device under their backing file, and so on down.
 */
export async function devicesUnderFile(layers: Layers, path: string): Promise<Set<string>> {
  return devicesUnder(layers, await devicesRightUnderFile(layers, path));
}

/** Those devices and every device that they stand on. */
export async function devicesUnder(layers: Layers, numbers: readonly string[]): Promise<Set<string>> {
  const seen = new Set<string>();
  const waiting = [...numbers];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(await oneLevelDown(layers, next)));
  }
  return seen;
}

/**
 * The devices that a mounted file system is made of. Anonymous numbers ("0:30") are followed to the mounts that have
 * them, so that none is left; what those devices are made of in turn is not looked at.
 */
export async function devicesOfMount(layers: Layers, mount: Mount): Promise<string[]> {
  const seen = new Set<string>();
  const waiting = await rightUnderMount(layers, mount);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (isAnonymous(next)) waiting.push(...(await devicesOfNumber(layers, next)));
  }
  return [...seen].filter((number) => !isAnonymous(number));
}

async function oneLevelDown(layers: Layers, number: string): Promise<string[]> {
  const { machine } = layers;
  const folder = await machine.resolve(`/sys/dev/block/${number}`);
  if (folder === null) return devicesOfNumber(layers, number);
  const isPartition = (await machine.readText(`${folder}/partition`)) !== null;
  const below = [
    isPartition ? await machine.readText(`${folder}/../dev`) : null,
    ...(await slavesOf(machine, folder)),
  ];
  return [...below.filter((found) => found !== null), ...(await devicesBehindLoop(layers, folder))];
}

async function slavesOf(machine: Machine, folder: string): Promise<(string | null)[]> {
  const slaves = await machine.list(`${folder}/slaves`);
  return Promise.all(slaves.map((slave) => machine.readText(`${folder}/slaves/${slave}/dev`)));
}

async function devicesBehindLoop(layers: Layers, folder: string): Promise<string[]> {
  const path = await layers.machine.readText(`${folder}/loop/backing_file`);
  return path === null ? [] : devicesRightUnderFile(layers, path);
}

/**
 * A block device is what lies right under itself. Of anything else it is what its status says and what is mounted
 * there: on btrfs the two differ, for each subvolume has an anonymous number of its own that no mount has.
 */
async function devicesRightUnderFile({ machine, mounts }: Layers, path: string): Promise<string[]> {
  const file = await machine.stat(path);
  if (file !== null && file.number !== null) return [file.number];
  const mount = mountAt(mounts, (await machine.resolve(path)) ?? path);
  return [file?.onDevice, mount?.number].filter((number) => number !== undefined);
}

async function devicesOfNumber(layers: Layers, number: string): Promise<string[]> {
  const mounts = layers.mounts.filter((mount) => mount.number === number);
  return (await Promise.all(mounts.map((mount) => rightUnderMount(layers, mount)))).flat();
}

/**
 * A file system without a device of its own has an anonymous number ("0:30"): btrfs then names one of its devices as
 * the source and all of them in sysfs, bcachefs all of them in the source, ZFS its pool, overlay the folders that it
 * joins. Any may name more devices in its options: journals, real-time parts.
 */
async function rightUnderMount(layers: Layers, mount: Mount): Promise<string[]> {
  const more = await numbersOf(
    layers.machine,
    [...mount.options.matchAll(/=(\/dev\/[^,]+)/g)].map(([, path]) => path!),
  );
  if (!isAnonymous(mount.number)) return [mount.number, ...more];
  if (mount.type === "overlay") return overlayLayers(layers, mount);
  if (mount.type === "zfs") return poolMembers(layers, mount);
  const sources = mount.source.startsWith("/dev/") ? mount.source.split(":") : [];
  const found = [...(await numbersOf(layers.machine, sources)), ...more];
  return mount.type === "btrfs" ? btrfsMembers(layers.machine, found) : found;
}

async function numbersOf(machine: Machine, paths: readonly string[]): Promise<string[]> {
  const files = await Promise.all(paths.map((path) => machine.stat(path)));
  return files.flatMap((file) => file?.number ?? []);
}

/** All devices of the btrfs that one of `members` belongs to. */
async function btrfsMembers(machine: Machine, members: readonly string[]): Promise<string[]> {
  for (const uuid of await machine.list("/sys/fs/btrfs")) {
    const folder = `/sys/fs/btrfs/${uuid}/devices`;
    const names = await machine.list(folder);
    const numbers = await Promise.all(names.map((name) => machine.readText(`${folder}/${name}/dev`)));
    if (numbers.some((number) => number !== null && members.includes(number)))
      return numbers.filter((number) => number !== null);
  }
  return [...members];
}

function poolMembers({ pools }: Layers, { source }: Mount): string[] {
  const name = source.split("/")[0];
  return [...(pools.find((pool) => pool.name === name)?.numbers ?? [])];
}

/**
 * Where a live system has changed its root, its layers have the names of the root before and are not found. They lie in
 * images then, which are mounted somewhere.
 */
async function overlayLayers(layers: Layers, mount: Mount): Promise<string[]> {
  const { machine, mounts } = layers;
  const folders = [
    ...mount.options.matchAll(/(?:lowerdir|upperdir|workdir|datadir)\+?=((?:\\.|[^,\\])+)/g),
  ].flatMap(
    ([, joined]) => joined?.split(/(?<!\\):+/).map((folder) => folder.replaceAll(/\\(.)/g, "$1")) ?? [],
  );
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await machine.stat(folder)) === null ? [] : devicesRightUnderFile(layers, folder),
    ),
  );
  const isLost = found.some((numbers) => numbers.length === 0);
  const images = isLost ? mounts.filter(({ type }) => type === "squashfs" || type === "erofs") : [];
  return [...found.flat(), ...images.map(({ number }) => number)];
}

function isAnonymous(number: string): boolean {
  return number.startsWith("0:");
}
