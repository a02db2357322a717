/** The size of what goes to and from a disk at once, when an image is written or read. */
import type { Disk } from "../disk/disk.ts";

/** 1 MiB, 2 to 4 at once, is where loop devices, NVMe and hard disks are all at their limit. */
export const blockBytes = 1024 * 1024;

/** Every disk takes multiples of it: its sectors have 512 or 4096 bytes. */
export const sectorBytes = 4096;

/** How many blocks are on their way at once. Through the page cache writers only wait for each other's lock. */
export function lanesOf({ direct }: Pick<Disk, "direct">): number {
  return direct ? 4 : 1;
}
