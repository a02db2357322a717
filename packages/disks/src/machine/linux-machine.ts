/** The machine we run on, a Linux: sysfs, /proc and the file system. */
import * as fs from "node:fs";
import { promisify } from "node:util";
import { reasonOf } from "../disk/disk.ts";
import type { FileStat, Machine } from "./machine.ts";
import { openDisk, openDiskToRead } from "../disk/open-disk.ts";
import { executeProgram, runWithin } from "./run-program.ts";

const programLimitMs = 5000;

// Of "node:fs" and not of "node:fs/promises", which would cost each job's process 0.6 MiB for what it never uses.
const access = promisify(fs.access);
const readdir = promisify(fs.readdir);
const readFile = promisify(fs.readFile);
const readlink = promisify(fs.readlink);
const realpath = promisify(fs.realpath.native);
const stat = promisify(fs.stat);

export function linuxMachine(): Machine {
  const run = runWithin(programLimitMs);
  return {
    readText: (path) => unlessGone(async () => (await readFile(path, "utf8")).trim(), null),
    list: (folder) => unlessGone(async () => (await readdir(folder)).toSorted(), []),
    resolve: (path) => unlessGone(() => realpath(path), null, closedCodes),
    readLink: (path) => unlessGone(() => readlink(path), null),
    stat: (path) => unlessGone(async () => fileStat(await stat(path, { bigint: true })), null, closedCodes),
    mayWrite: (path) =>
      access(path, fs.constants.W_OK).then(
        () => true,
        () => false,
      ),
    run,
    execute: executeProgram,
    open: openDisk,
    openToRead: openDiskToRead,
  };
}

/** Codes of "nothing there": ENODEV, ENXIO and EIO are how sysfs reads of a leaving device end, EINVAL of one without the property. */
const goneCodes = new Set(["ENOENT", "ENOTDIR", "ENODEV", "ENXIO", "EIO", "EINVAL", "ESRCH"]);

/** What lies in a folder closed to us: Docker's layers for anybody but root, somebody's FUSE mount for root too. */
const closedCodes = new Set([...goneCodes, "EACCES"]);

async function unlessGone<T>(look: () => Promise<T>, nothing: T, codes = goneCodes): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (codes.has(reasonOf(error))) return nothing;
    throw error;
  }
}

export function fileStat(stats: fs.BigIntStats): FileStat {
  return {
    kind: kindOf(stats),
    number: stats.isBlockDevice() ? deviceNumber(stats.rdev) : null,
    onDevice: deviceNumber(stats.dev),
    inode: String(stats.ino),
    links: Number(stats.nlink),
    sizeBytes: Number(stats.size),
    modified: String(stats.mtimeNs),
  };
}

function kindOf(stats: fs.BigIntStats): FileStat["kind"] {
  if (stats.isBlockDevice()) return "block";
  if (stats.isFile()) return "regular";
  return stats.isDirectory() ? "folder" : "other";
}

/** "MAJOR:MINOR" of a dev_t as the C library packs it: 12 + 20 bits of major, 8 + 24 bits of minor (makedev(3)). */
export function deviceNumber(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffffffffn);
  return `${major}:${minor}`;
}
