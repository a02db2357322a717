/** Files that stand in for disks, to practise on. */
import { randomFillSync } from "node:crypto";
import { mkdir, open, stat } from "node:fs/promises";
import { join } from "node:path";

export const practiceDiskBytes = 256 * 1024 * 1024;
const names = ["practice-1", "practice-2", "practice-3"];
const blockBytes = 1024 * 1024;

/** Makes what is missing, and fills the first one anew, so that there is something to erase. Returns the paths. */
export async function makePracticeDisks(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const paths = names.map((name) => join(folder, name));
  for (const [index, path] of paths.entries()) if (index === 0 || !(await isThere(path))) await fill(path);
  return paths;
}

async function isThere(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.size === practiceDiskBytes;
}

async function fill(path: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    const block = randomFillSync(Buffer.alloc(blockBytes));
    for (let offset = 0; offset < practiceDiskBytes; offset += blockBytes)
      await file.write(block, 0, blockBytes, offset);
  } finally {
    await file.close();
  }
}
