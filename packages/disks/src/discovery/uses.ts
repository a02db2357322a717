/** Who uses a device. */
import type { BlockDevice } from "./block-devices.ts";
import { holdersOf } from "./holders.ts";
import { isSameFile } from "./loops.ts";
import type { FileStat, Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";
import type { Surroundings } from "./surroundings.ts";

export interface Use {
  /** The device itself or one of its partitions. */
  readonly path: string;
  /** How it is used, to follow "is": "mounted at /home". */
  readonly how: string;
}

/** A whole disk or a partition, as far as its uses go. */
interface Part {
  readonly path: string;
  readonly number: string;
  readonly folder: string;
}

/** The uses of a whole disk and of its partitions, in the order in which they are to be told. */
export async function usesOfDisk(
  machine: Machine,
  device: BlockDevice,
  around: Surroundings,
): Promise<Use[]> {
  const partitions = device.partitions.map((part) => ({ ...part, folder: `${device.folder}/${part.name}` }));
  const uses = await Promise.all([device, ...partitions].map((part) => usesOfPart(machine, part, around)));
  return [...uses.flat(), ...viewOf(device, around)];
}

async function usesOfPart(machine: Machine, part: Part, around: Surroundings): Promise<Use[]> {
  const { path, number } = part;
  const held = (await holdersOf(machine, part.folder)).map(
    ({ name, title, number: above }) =>
      `held by ${name}${title === null ? "" : ` (${title})`}${usesAbove(above, around)}`,
  );
  const ways = [
    ...held,
    ...mountsOf(number, around).map((point) => `mounted at ${point}`),
    ...(isSwap(number, around) ? ["swap"] : []),
    ...poolsOf(number, around),
    ...loopsOver(part, around),
    ...around.exports.filter((each) => each.number === number).map(({ as }) => `served ${as}`),
    ...around.writers.filter(({ numbers }) => numbers.includes(number)).map(openIn),
  ];
  return [...new Set(ways)].map((how) => ({ path, how }));
}

/** The uses of a practice file. The kernel guards against none of them: no opening of a regular file is exclusive. */
export function usesOfFile(path: string, file: FileStat, around: Surroundings): Use[] {
  const loops = around.loops.filter(({ backing }) => backing !== null && isSameFile(backing, file));
  const ways = [
    ...around.mounts.filter(({ point }) => point === path).map(() => "a mount point"),
    ...around.swaps.filter((swap) => swap.path === path).map(() => "swap"),
    ...loops.map(({ name }) => `behind /dev/${name}`),
    ...around.exports.filter((each) => each.path === path).map(({ as }) => `served ${as}`),
    ...around.writers.filter(({ paths }) => paths.includes(path)).map(openIn),
    ...(file.links > 1 ? [`known by ${file.links} names (hard links)`] : []),
  ];
  return ways.map((how) => ({ path, how }));
}

/** In words, as a device's list of uses has it. */
export function useInWords(use: Use, devicePath: string): string {
  return use.path === devicePath ? use.how : `${use.path} ${use.how}`;
}

/** Whoever uses a disk uses it under all the names by which it is attached: no claim of the kernel's spans two of them. */
export function usesOfSameDisk(path: string, other: string, uses: readonly Use[]): Use[] {
  return uses.map((use) => {
    const part = use.path === other ? "which" : `of which ${use.path}`;
    return { path, how: `the same disk as ${other}, ${part} is ${use.how}` };
  });
}

function openIn({ name }: { readonly name: string }): string {
  return `open for writing in ${name}`;
}

function mountsOf(number: string, { mounts }: Surroundings): string[] {
  const points = mounts
    .filter(({ numbers }) => numbers.includes(number))
    .map(({ point }) => printable(point) ?? "?");
  return [...new Set(points)];
}

function isSwap(number: string, { swaps }: Surroundings): boolean {
  return swaps.some((swap) => swap.number === number);
}

function poolsOf(number: string, { pools }: Surroundings): string[] {
  return pools
    .filter(({ numbers }) => numbers.includes(number))
    .map(({ name }) => `in the ZFS pool ${printable(name)}`);
}

/** ", mounted at /home" of a device that is made of this one. */
function usesAbove(number: string | null, around: Surroundings): string {
  if (number === null) return "";
  const points = mountsOf(number, around);
  const mounted = points.length === 0 ? "" : `, mounted at ${points.join(" and ")}`;
  return `${mounted}${isSwap(number, around) ? ", swap" : ""}`;
}

/** Not guarded by the kernel: a loop device does not claim the block device behind it, nor is it a holder in sysfs. */
function loopsOver({ path, number }: Part, around: Surroundings): string[] {
  return around.loops
    .filter(({ backing, backingPath }) => backing?.number === number || backingPath === path)
    .map((loop) => `behind /dev/${loop.name}${usesAbove(loop.number, around)}`);
}

/** A loop device over what something else has too would erase that with it. */
function viewOf(device: BlockDevice, { loops, swaps }: Surroundings): Use[] {
  const own = loops.find(({ number }) => number === device.number);
  const file = own?.backing;
  if (own === undefined || file === undefined || file === null) return [];
  const shown = printable(own.backingPath);
  if (file.number !== null) return [{ path: device.path, how: `only a view of ${shown}` }];
  const others = loops.filter(
    ({ number, backing }) => number !== device.number && backing !== null && isSameFile(backing, file),
  );
  const ways = [
    ...others.map(({ name }) => `the same file as /dev/${name}`),
    ...(swaps.some((swap) => swap.path === own.backingPath) ? [`the file ${shown}, which is swap`] : []),
  ];
  return ways.map((how) => ({ path: device.path, how }));
}
