/** Files that stand in for disks, to practise on. */
import { randomFillSync } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, stat } from "node:fs/promises";
import { join } from "node:path";

export const practiceDiskBytes = 256 * 1024 * 1024;
export const practiceNames = ["practice-1", "practice-2", "practice-3"] as const;
const blockBytes = 1024 * 1024;

/** A folder that is closed to others. */
export async function makeOwnFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/**
 * Makes the disks that are missing. Only after a station has said that the folder is its own: another one may be at
 * work on what is there.
 */
export async function makePracticeDisks(folder: string): Promise<void> {
  for (const name of practiceNames) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found?.size !== practiceDiskBytes) await fillPracticeDisk(path);
  }
}

/** Writes noise all over it, so that there is something to erase. It has its size from the start, and stays the same file. */
export async function fillPracticeDisk(path: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    await file.truncate(practiceDiskBytes);
    const block = randomFillSync(Buffer.alloc(blockBytes));
    for (let offset = 0; offset < practiceDiskBytes; offset += blockBytes)
      await file.write(block, 0, blockBytes, offset);
  } finally {
    await file.close();
  }
}
