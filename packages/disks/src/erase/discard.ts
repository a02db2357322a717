/** Gives all blocks of a disk back to its medium. */
import type { OpenedDisk } from "../disk/disk.ts";
import type { Machine } from "../machine/machine.ts";

const limitMs = 30 * 60_000;

/**
 * The disk is held exclusively, which blkdiscard(8) must be told to bear; that `path` still leads to it is made sure of
 * first. It proves nothing: what is read of discarded blocks is up to the disk.
 */
export async function discardAll(
  machine: Machine,
  disk: OpenedDisk,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { number } = disk.file;
  if (number === null || (await machine.stat(path))?.number !== number) return false;
  const ended = await machine.execute("blkdiscard", ["--force", path], { limitMs, signal });
  return ended?.exitCode === 0;
}
