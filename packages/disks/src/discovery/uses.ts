/** Who uses a device. */
import type { BlockDevice } from "./block-devices.ts";
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
  const holders = await holdersOf(machine, part.folder);
  const held = holders.map((holder) => ({ path: part.path, how: `held by ${holder}` }));
  return [held, mountsOf(part, around), swapOf(part, around), loopsOver(part, around)].flat();
}

/** The uses of a practice file. The kernel guards against none of them: no opening of a regular file is exclusive. */
export function usesOfFile(path: string, file: FileStat, around: Surroundings): Use[] {
  const loops = around.loops.filter(({ backing }) => backing !== null && isSameFile(backing, file));
  return [
    ...around.mounts.filter(({ point }) => point === path).map(() => ({ path, how: "a mount point" })),
    ...around.swaps.filter((swap) => swap.path === path).map(() => ({ path, how: "swap" })),
    ...loops.map(({ name }) => ({ path, how: `behind /dev/${name}` })),
    ...(file.links > 1 ? [{ path, how: `known by ${file.links} names (hard links)` }] : []),
  ];
}

/** In words, as a device's list of uses has it. */
export function useInWords(use: Use, devicePath: string): string {
  return use.path === devicePath ? use.how : `${use.path} ${use.how}`;
}

/** Device-mapper, MD and bcache devices made of this one, and those made of them. */
async function holdersOf(machine: Machine, folder: string): Promise<string[]> {
  const names = await machine.list(`${folder}/holders`);
  const above = await Promise.all(names.map((name) => holdersOf(machine, `${folder}/holders/${name}`)));
  return [...new Set([...names, ...above.flat()])];
}

function mountsOf({ path, number }: Part, { mounts }: Surroundings): Use[] {
  return mounts
    .filter(({ numbers }) => numbers.includes(number))
    .map(({ point }) => ({ path, how: `mounted at ${printable(point)}` }));
}

function swapOf({ path, number }: Part, { swaps }: Surroundings): Use[] {
  return swaps.some((swap) => swap.number === number) ? [{ path, how: "swap" }] : [];
}

/** Not guarded by the kernel: a loop device does not claim the block device behind it, nor is it a holder in sysfs. */
function loopsOver({ path, number }: Part, { loops }: Surroundings): Use[] {
  return loops
    .filter(({ backing, backingPath }) => backing?.number === number || backingPath === path)
    .map(({ name }) => ({ path, how: `behind /dev/${name}` }));
}

/** A loop device over a block device, or over a file that another loop device has too, would erase that one with it. */
function viewOf(device: BlockDevice, { loops }: Surroundings): Use[] {
  const own = loops.find(({ number }) => number === device.number);
  const file = own?.backing;
  if (file === undefined || file === null) return [];
  if (file.number !== null)
    return [{ path: device.path, how: `only a view of ${printable(own?.backingPath ?? null)}` }];
  return loops
    .filter(
      ({ number, backing }) => number !== device.number && backing !== null && isSameFile(backing, file),
    )
    .map(({ name }) => ({ path: device.path, how: `the same file as /dev/${name}` }));
}
