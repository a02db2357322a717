/** Practice files: regular files that stand in for disks, in the one folder that a station may offer. */
import type { FileStat, Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";

export const practiceSectorBytes = 512;

export interface PracticeFile {
  readonly path: string;
  readonly file: FileStat;
}

/**
 * The regular files right in the folder that consist of sectors and have a name that can be shown as it is. A symbolic
 * link is not one, wherever it leads.
 */
export async function practiceFiles(machine: Machine, folder: string | null): Promise<PracticeFile[]> {
  const realFolder = folder === null ? null : await machine.resolve(folder);
  if (realFolder === null) return [];
  const names = (await machine.list(realFolder)).filter((name) => printable(name) === name);
  const files = await Promise.all(names.map((name) => readPracticeFile(machine, `${realFolder}/${name}`)));
  return files.filter((file) => file !== null);
}

async function readPracticeFile(machine: Machine, path: string): Promise<PracticeFile | null> {
  if ((await machine.resolve(path)) !== path) return null;
  const file = await machine.stat(path);
  return file?.kind === "regular" && consistsOfSectors(file) ? { path, file } : null;
}

/** As every disk does; direct I/O takes nothing less. */
export function consistsOfSectors({ sizeBytes }: FileStat): boolean {
  return sizeBytes > 0 && sizeBytes % practiceSectorBytes === 0;
}
