/** A damaged journal is never deleted and never repaired: it is put aside under a name that says what it is. */
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync } from "node:fs";
import { basename, dirname } from "node:path";
import { wholeJournal } from "./core.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { DamagedError, StartError } from "./start-error.ts";
import type { World } from "./world.ts";

const suffix = ".damaged-";

/** What SQLite keeps beside a database. */
const besides = ["", "-wal", "-shm"];

/** Throws a `StartError` when there is nothing damaged at `path`: what is whole is not put aside. */
export function putAsideDamaged(path: string, world: Pick<World, "clock" | "random">): void {
  if (!existsSync(path)) throw new StartError(`Cannot recover ${path}: there is no such journal`);
  if (!isDamaged(path, world))
    throw new StartError(`Cannot recover ${path}: it is not damaged; start without --recover`);
  const aside = `${path}${suffix}${(numbersAside(path).at(-1) ?? 0) + 1}`;
  for (const end of besides.toReversed()) if (existsSync(path + end)) renameSync(path + end, aside + end);
  flushFolder(dirname(path));
}

/** The name of the journal that was put aside last; null when none was. */
export function putAsideName(path: string): string | null {
  const newest = numbersAside(path).at(-1);
  return newest === undefined ? null : `${basename(path)}${suffix}${newest}`;
}

function isDamaged(path: string, { clock, random }: Pick<World, "clock" | "random">): boolean {
  try {
    const store = openSqliteStore(path, random);
    try {
      wholeJournal(store, clock);
      return false;
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof DamagedError) return true;
    throw error;
  }
}

function numbersAside(path: string): number[] {
  const before = `${basename(path)}${suffix}`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(before))
    .map((name) => Number(name.slice(before.length)))
    .filter((number) => Number.isSafeInteger(number))
    .toSorted((a, b) => a - b);
}

function flushFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
