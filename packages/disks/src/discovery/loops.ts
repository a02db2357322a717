/** The attached loop devices and what lies behind them. */
import type { FileStat, Machine } from "../machine/machine.ts";

export interface Loop {
  readonly name: string;
  /** "7:3" */
  readonly number: string;
  readonly backingPath: string;
  /** Null when the file has lost its name or is in another mount namespace. */
  readonly backing: FileStat | null;
  /** False when the file behind it is read and written through memory. */
  readonly isDirect: boolean;
}

export async function readLoops(machine: Machine): Promise<Loop[]> {
  const names = (await machine.list("/sys/block")).filter((name) => name.startsWith("loop"));
  const loops = await Promise.all(names.map((name) => readLoop(machine, name)));
  return loops.filter((loop) => loop !== null);
}

async function readLoop(machine: Machine, name: string): Promise<Loop | null> {
  const backingPath = await machine.readText(`/sys/block/${name}/loop/backing_file`);
  const number = await machine.readText(`/sys/block/${name}/dev`);
  if (backingPath === null || number === null) return null;
  const isDirect = (await machine.readText(`/sys/block/${name}/loop/dio`)) === "1";
  return { name, number, backingPath, backing: await machine.stat(backingPath), isDirect };
}

/** True when both are the same file, whatever their paths. */
export function isSameFile(a: FileStat, b: FileStat): boolean {
  return a.onDevice === b.onDevice && a.inode === b.inode;
}
