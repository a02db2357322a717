/** What stands on what: from a file system down to the disks that its bytes lie on. */
import type { Machine } from "../machine/machine.ts";
import type { Mount } from "./mounts.ts";

/**
 * Every device that a file system's device stands on, itself included: partitions to their disk, device-mapper and
 * MD to their slaves, loop devices to the device under their backing file, and so on down.
 */
export async function devicesUnder(
  machine: Machine,
  mounts: readonly Mount[],
  number: string,
): Promise<Set<string>> {
  const seen = new Set<string>();
  const waiting = [number];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(await oneLevelDown(machine, mounts, next)));
  }
  return seen;
}

async function oneLevelDown(machine: Machine, mounts: readonly Mount[], number: string): Promise<string[]> {
  const folder = await machine.resolve(`/sys/dev/block/${number}`);
  if (folder === null) return devicesOfMounts(machine, mounts, number);
  const isPartition = (await machine.readText(`${folder}/partition`)) !== null;
  const below = [
    isPartition ? await machine.readText(`${folder}/../dev`) : null,
    ...(await slavesOf(machine, folder)),
    await deviceBehindLoop(machine, folder),
  ];
  return below.filter((found) => found !== null);
}

async function slavesOf(machine: Machine, folder: string): Promise<(string | null)[]> {
  const slaves = await machine.list(`${folder}/slaves`);
  return Promise.all(slaves.map((slave) => machine.readText(`${folder}/slaves/${slave}/dev`)));
}

async function deviceBehindLoop(machine: Machine, folder: string): Promise<string | null> {
  const path = await machine.readText(`${folder}/loop/backing_file`);
  const file = path === null ? null : await machine.stat(path);
  return file === null ? null : (file.number ?? file.onDevice);
}

async function devicesOfMounts(
  machine: Machine,
  mounts: readonly Mount[],
  number: string,
): Promise<string[]> {
  const found = await Promise.all(
    mounts.filter((mount) => mount.number === number).map((mount) => devicesOfMount(machine, mount)),
  );
  return found.flat();
}

/**
 * The devices right under a mount. A file system without a device of its own has an anonymous number ("0:30"): btrfs
 * then names one of its devices as the source and all of them in sysfs, overlay names the folders that it joins.
 */
export async function devicesOfMount(machine: Machine, mount: Mount): Promise<string[]> {
  if (!mount.number.startsWith("0:")) return [mount.number];
  if (mount.type === "overlay") return overlayLayers(machine, mount);
  const source = mount.source.startsWith("/dev/")
    ? ((await machine.stat(mount.source))?.number ?? null)
    : null;
  if (source === null) return [];
  return mount.type === "btrfs" ? btrfsMembers(machine, source) : [source];
}

/** All devices of the btrfs that `member` belongs to. */
async function btrfsMembers(machine: Machine, member: string): Promise<string[]> {
  for (const uuid of await machine.list("/sys/fs/btrfs")) {
    const folder = `/sys/fs/btrfs/${uuid}/devices`;
    const names = await machine.list(folder);
    const numbers = await Promise.all(names.map((name) => machine.readText(`${folder}/${name}/dev`)));
    if (numbers.includes(member)) return numbers.filter((number) => number !== null);
  }
  return [member];
}

async function overlayLayers(machine: Machine, mount: Mount): Promise<string[]> {
  const layers = [...mount.options.matchAll(/(?:lowerdir|upperdir|workdir)=([^,]+)/g)].flatMap(
    ([, folders]) => folders?.split(":") ?? [],
  );
  const files = await Promise.all(layers.map((folder) => machine.stat(folder)));
  return files.flatMap((file) => (file === null ? [] : [file.onDevice]));
}
