/**
 * The devices that their owner has named as not to be touched (`trofie station --protect`): listed and read as any
 * other, never written to, unmounted or stopped.
 */
import type { Identity } from "@trofie/contract";
import { isSameFile, type Loop } from "./loops.ts";
import type { FileStat, Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";
import { matchesGlob } from "./node-glob.ts";
import { hasOwnName, ownNameIn } from "./own-names.ts";
import { devicesUnder, type Layers } from "./storage-layers.ts";

/** One name, with what it stands for at one moment. */
export interface Protection {
  readonly name: string;
  /** What a disk calls itself; null of a path. */
  readonly called: RegExpExecArray | null;
  /** The block devices at its paths, and all that they stand on. */
  readonly numbers: ReadonlySet<string>;
  /** The regular files at its paths. */
  readonly files: readonly FileStat[];
}

/** Looks each name up anew: a link leads to another disk as soon as one is in that bay. */
export function readProtections(
  layers: Layers,
  loops: readonly Loop[],
  names: readonly string[],
): Promise<Protection[]> {
  return Promise.all(names.map((name) => readProtection(layers, loops, name)));
}

async function readProtection(layers: Layers, loops: readonly Loop[], name: string): Promise<Protection> {
  const called = ownNameIn(name);
  const paths = called === null ? await pathsOf(layers.machine, name) : [];
  const found = await Promise.all(paths.map((path) => layers.machine.stat(path)));
  const files = found.filter((file) => file !== null).filter(({ kind }) => kind === "regular");
  const over = loops.filter(
    ({ backing }) => backing !== null && files.some((file) => isSameFile(file, backing)),
  );
  const blocks = [...found.flatMap((file) => file?.number ?? []), ...over.map(({ number }) => number)];
  return { name, called, files, numbers: await devicesUnder(layers, blocks) };
}

/** The names by which a disk is protected; `numbers` are those of all the ways to it. */
export function protectorsOfDisk(
  protections: readonly Protection[],
  identity: Identity,
  numbers: readonly string[],
): string[] {
  return protections
    .filter(
      (each) =>
        (each.called !== null && hasOwnName(identity, each.called)) ||
        numbers.some((number) => each.numbers.has(number)),
    )
    .map(({ name }) => name);
}

/** The names by which a practice file is protected. */
export function protectorsOfFile(protections: readonly Protection[], file: FileStat): string[] {
  return protections
    .filter(({ files }) => files.some((each) => isSameFile(each, file)))
    .map(({ name }) => name);
}

/**
 * Throws an `Error` in a sentence for what is no name. Better no station than one that leaves a disk open because of a
 * slip of the pen.
 */
export function checkProtectedName(name: string): void {
  const state = whatIsWrong(name);
  if (state !== null)
    throw new Error(`Cannot protect ${printable(name) ?? "a disk without a name"}: ${state}`);
}

function whatIsWrong(name: string): string | null {
  const called = ownNameIn(name);
  if (called === null && !name.startsWith("/"))
    return "a disk is named serial:…, wwn:…, or by a path that begins with /";
  if (called?.[2]?.trim() === "") return "nothing is named";
  if (printable(name) !== name) return "that cannot be shown as it is";
  if (called !== null) return wild.test(name) ? "only a path may have * ? [ ] { } in it" : null;
  return /\*\*|^\/[^/]*[*?[\]{}]/.test(name)
    ? "its first folder must be written out, and ** is too much"
    : null;
}

const wild = /[*?[\]{}]/;

/** The path itself, and where it is a glob, each that it matches: the folders are walked from where it is plain. */
async function pathsOf(machine: Machine, name: string): Promise<string[]> {
  const firstWild = name.search(wild);
  if (firstWild === -1) return [name];
  const plain = name.slice(0, name.lastIndexOf("/", firstWild));
  const levels = name.slice(plain.length + 1).split("/").length;
  const paths: string[] = [name];
  let folders = [plain];
  for (let level = 0; level < levels; level += 1) {
    folders = (await Promise.all(folders.map((folder) => pathsIn(machine, folder)))).flat();
    paths.push(...folders.filter((path) => matchesGlob(path, name)));
  }
  return paths;
}

async function pathsIn(machine: Machine, folder: string): Promise<string[]> {
  return (await machine.list(folder)).map((name) => `${folder}/${name}`);
}
