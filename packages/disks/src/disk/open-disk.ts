/** Opens a block device or a practice file for erasing, and is the way of its bytes. */
import * as fs from "node:fs";
import { promisify } from "node:util";
import { alignedMemory } from "./aligned-memory.ts";
import { reasonOf, type OpenedDisk } from "./disk.ts";
import { fileStat } from "../machine/linux-machine.ts";
import type { FileStat } from "../machine/machine.ts";

const { O_RDONLY, O_RDWR, O_EXCL, O_NOFOLLOW, O_DIRECT } = fs.constants;

/**
 * O_EXCL without O_CREAT claims a block device: EBUSY while it is mounted, swap or claimed by anybody else, and they
 * get EBUSY as long as we hold it (open(2); the kernel's `bd_prepare_to_claim`). It means nothing on a regular file.
 */
const toErase = O_RDWR | O_EXCL | O_NOFOLLOW;
const toRead = O_RDONLY | O_NOFOLLOW;

export function openDisk(path: string): Promise<OpenedDisk> {
  return openWith(path, toErase);
}

/** Claims nothing: others may write to it meanwhile. */
export function openDiskToRead(path: string): Promise<OpenedDisk> {
  return openWith(path, toRead);
}

async function openWith(path: string, flags: number): Promise<OpenedDisk> {
  const direct = await openDirect(path, flags);
  const fd = direct ?? (await openFile(path, flags));
  try {
    const file = fileStat(await statFile(fd));
    const isDirect = direct !== null && !(await isThroughMemory(file));
    return new FileDisk(fd, file, await sizeOf(file), isDirect);
  } catch (error) {
    await closeFile(fd);
    throw error;
  }
}

/** Null where direct I/O is refused with EINVAL, which some file systems do only at the first read. */
async function openDirect(path: string, flags: number): Promise<number | null> {
  let fd: number;
  try {
    fd = await openFile(path, flags | O_DIRECT);
  } catch (error) {
    if (reasonOf(error) === "EINVAL") return null;
    throw error;
  }
  if (await refusesAlignedRead(fd)) {
    await closeFile(fd);
    return null;
  }
  return fd;
}

/** Other errors are no answer: a bad first sector is for the passes to find. */
async function refusesAlignedRead(fd: number): Promise<boolean> {
  try {
    await readFrom(fd, alignedMemory(4096), 0);
    return false;
  } catch (error) {
    return reasonOf(error) === "EINVAL";
  }
}

/**
 * A loop device takes direct I/O whatever the file behind it does: without `dio` its reads are answered from that file's
 * pages in memory (Documentation/ABI/testing/sysfs-block-loop).
 */
async function isThroughMemory({ number }: FileStat): Promise<boolean> {
  if (number === null) return false;
  try {
    return (await readFile(`/sys/dev/block/${number}/loop/dio`, "utf8")).trim() !== "1";
  } catch (error) {
    return reasonOf(error) !== "ENOENT"; // not there: no loop device
  }
}

/** sysfs counts in units of 512 bytes whatever the sector size; stat(2) says 0 of a block device. */
async function sizeOf(file: FileStat): Promise<number> {
  if (file.number === null) return file.sizeBytes;
  return Number(await readFile(`/sys/dev/block/${file.number}/size`, "utf8")) * 512;
}

class FileDisk implements OpenedDisk {
  readonly #fd: number;
  readonly file: FileStat;
  readonly sizeBytes: number;
  readonly direct: boolean;

  constructor(fd: number, file: FileStat, sizeBytes: number, direct: boolean) {
    this.#fd = fd;
    this.file = file;
    this.sizeBytes = sizeBytes;
    this.direct = direct;
  }

  read(into: Uint8Array, offset: number): Promise<number> {
    return readFrom(this.#fd, into, offset);
  }

  write(parts: readonly Uint8Array[], offset: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.writev(this.#fd, parts, offset, (error, written) => (error ? reject(error) : resolve(written)));
    });
  }

  flush(): Promise<void> {
    return flushFile(this.#fd);
  }

  close(): Promise<void> {
    return closeFile(this.#fd);
  }
}

function readFrom(fd: number, into: Uint8Array, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, into, 0, into.length, offset, (error, bytesRead) =>
      error ? reject(error) : resolve(bytesRead),
    );
  });
}

function statFile(fd: number): Promise<fs.BigIntStats> {
  return new Promise((resolve, reject) => {
    fs.fstat(fd, { bigint: true }, (error, stats) => (error ? reject(error) : resolve(stats)));
  });
}

const openFile = promisify(fs.open);
const readFile = promisify(fs.readFile);
const closeFile = promisify(fs.close);
const flushFile = promisify(fs.fdatasync);
