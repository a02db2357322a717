/** A machine made of text: what sysfs, /proc and /dev of a real one hold, written down in a test. */
import type { Executed, FileStat, Machine } from "../machine/machine.ts";

/** A file's text, a symbolic link, a block device's node, or a file or folder of which only the status matters. */
export type Entry = string | { readonly link: string } | { readonly number: string } | Partial<FileStat>;
export type Tree = Readonly<Record<string, Entry>>;

export interface MemoryMachineOptions {
  /** What programs print, by the whole command line, by name and last argument, or by name: "blkid /dev/sda1", "lsblk". */
  readonly programs?: Readonly<Record<string, string>>;
  /** What the trade's tools say, by the whole command line: "hdparm -I /dev/sda". A tool with none is not installed. */
  readonly tools?: Readonly<Record<string, Partial<Executed>>>;
  /** Paths that we may not write to. */
  readonly forbidden?: readonly string[];
}

/** Folders are there by being on the way to an entry. Nothing can be opened. */
export function memoryMachine(
  tree: Tree,
  { programs = {}, tools = {}, forbidden = [] }: MemoryMachineOptions = {},
): Machine {
  const paths = Object.keys(tree).toSorted();
  const below = (folder: string) => paths.filter((path) => path.startsWith(`${folder}/`));
  const entryAt = (path: string) => tree[resolveIn(tree, path)];
  return {
    async readText(path) {
      const entry = entryAt(path);
      return typeof entry === "string" ? entry.trim() : null;
    },
    async list(folder) {
      const real = resolveIn(tree, folder);
      return [...new Set(below(real).map((path) => path.slice(real.length + 1).split("/")[0] ?? ""))];
    },
    async resolve(path) {
      const real = resolveIn(tree, path);
      return real in tree || below(real).length > 0 ? real : null;
    },
    async readLink(path) {
      return linkOf(tree[path]);
    },
    async stat(path) {
      const real = resolveIn(tree, path);
      const isThere = real === "/" || real in tree || below(real).length > 0;
      return isThere ? statOf(real, tree) : null;
    },
    async mayWrite(path) {
      return !forbidden.includes(path);
    },
    async run(program, args) {
      const lines = [[program, ...args].join(" "), `${program} ${args.at(-1)}`, program];
      return lines.map((line) => programs[line]).find((text) => text !== undefined) ?? null;
    },
    async execute(program, args) {
      const said = tools[[program, ...args].join(" ")];
      if (said !== undefined) return { exitCode: 0, stdout: "", stderr: "", ...said };
      const isInstalled = Object.keys(tools).some((line) => line.startsWith(`${program} `));
      return isInstalled ? { exitCode: 1, stdout: "", stderr: "" } : null;
    },
    async open(path) {
      throw new Error(`A machine made of text cannot open ${path}`);
    },
    async openToRead(path) {
      throw new Error(`A machine made of text cannot open ${path}`);
    },
  };
}

function resolveIn(tree: Tree, path: string): string {
  let real = "";
  for (const part of path.split("/").filter(Boolean)) {
    if (part === "..") {
      real = real.slice(0, real.lastIndexOf("/"));
      continue;
    }
    const target = linkOf(tree[`${real}/${part}`]);
    if (target === null) real = `${real}/${part}`;
    else real = resolveIn(tree, target.startsWith("/") ? target : `${real}/${target}`);
  }
  return real === "" ? "/" : real;
}

function linkOf(entry: Entry | undefined): string | null {
  return typeof entry === "object" && "link" in entry ? entry.link : null;
}

function statOf(path: string, tree: Tree): FileStat {
  const entry = tree[path];
  const onDevice = deviceUnder(path, tree);
  const base = { number: null, onDevice, inode: path, links: 1, sizeBytes: 0, modified: "0" };
  if (typeof entry === "string") return { ...base, kind: "regular", sizeBytes: entry.length };
  if (entry === undefined || "link" in entry) return { ...base, kind: "folder" };
  if (typeof entry.number === "string") return { ...base, kind: "block", number: entry.number };
  return { ...base, kind: "folder", ...entry };
}

/** The device of the nearest folder above that names one. */
function deviceUnder(path: string, tree: Tree): string {
  for (let above = path; above !== ""; above = above.slice(0, above.lastIndexOf("/"))) {
    const entry = tree[above];
    if (typeof entry === "object" && "onDevice" in entry && entry.onDevice !== undefined)
      return entry.onDevice;
  }
  const root = tree["/"];
  return typeof root === "object" && "onDevice" in root ? (root.onDevice ?? "0:1") : "0:1";
}
