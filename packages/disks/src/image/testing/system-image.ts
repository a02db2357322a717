/** Images of whole disks for tests: a partition table, a small partition, and a Linux file system full of real files. */
import { closeSync, openSync, readSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { run } from "../../testing/loop-device.ts";
import { runWith } from "./image-bench.ts";

const mebibyte = 1024 * 1024;

export interface SystemImage {
  readonly path: string;
  /** In a "dos, logical" one the last partition is in an extended one. */
  readonly table: "gpt" | "dos" | "dos, logical" | null;
  readonly fileSystem: "ext2" | "ext4" | "xfs" | "btrfs" | "vfat" | "swap" | "none";
  /** Real files are copied from there. */
  readonly files: string;
  /** Of the file system. */
  readonly sizeBytes: number;
  /** In a GPT; Linux. */
  readonly type?: string;
  /** Free space between the file system and the end of the image. */
  readonly spareBytes?: number;
}

/** Where the last partition begins. */
export const systemOffset = 3 * mebibyte;

/** Makes the image's file: what is before the file system is 0xE5 in the first partition. */
export function makeSystemImage({
  path,
  table,
  fileSystem,
  files,
  sizeBytes,
  type,
  spareBytes,
}: SystemImage): void {
  const offset = table === null ? 0 : systemOffset;
  const image = `${path}.fs`;
  writeFileSync(image, "");
  truncateSync(image, sizeBytes);
  makeFileSystem(image, fileSystem, files);
  writeFileSync(path, "");
  truncateSync(path, offset + sizeBytes + (spareBytes ?? (table === "gpt" ? mebibyte : 0)));
  if (table !== null) partition(path, table, sizeBytes, type ?? (table === "gpt" ? "L" : "83"));
  copyInto(path, image, offset);
  run("rm", image);
}

function makeFileSystem(image: string, fileSystem: SystemImage["fileSystem"], files: string): void {
  if (fileSystem === "ext2" || fileSystem === "ext4") {
    run(`mkfs.${fileSystem}`, "-q", "-F", "-d", files, "-L", "system", image);
  }
  if (fileSystem === "vfat") run("mkfs.vfat", image);
  if (fileSystem === "swap") run("mkswap", image);
  if (fileSystem === "btrfs") run("mkfs.btrfs", "--quiet", "--rootdir", files, image);
  if (fileSystem === "xfs") makeXfs(image, files);
}

/** mkfs.xfs of Debian 12 takes no folder, and nothing under 300 MB unless it believes to be in its own tests. */
function makeXfs(image: string, files: string): void {
  run("env", "TEST_DIR=x", "TEST_DEV=x", "QA_CHECK_FS=x", "mkfs.xfs", "-q", image);
  const script = 'mount -t xfs -o loop "$1" /mnt && cp --archive "$2"/. /mnt && umount /mnt';
  run("unshare", "--mount", "sh", "-c", script, "sh", image, files);
}

function partition(
  path: string,
  table: NonNullable<SystemImage["table"]>,
  sizeBytes: number,
  type: string,
): void {
  const [label = ""] = table.split(",");
  const isLogical = table === "dos, logical";
  const start = systemOffset / 512;
  const bootSectors = isLogical ? 2048 : start - 2048;
  const small = `start=2048, size=${bootSectors}, type=${label === "gpt" ? "U" : "c"}`;
  const script = [
    `label: ${label}`,
    `${small}${label === "dos" ? ", bootable" : ", name=boot"}`,
    ...(isLogical ? [`${path}2 : start=4096, size=${sizeBytes / 512 + 2048}, type=5`] : []),
    `${isLogical ? `${path}5 : ` : ""}start=${start}, size=${sizeBytes / 512}, type=${type}`,
  ].join("\n");
  runWith(`${script}\n`, "sfdisk", "--quiet", path);
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(bootSectors * 512, 0xe5), 0, bootSectors * 512, mebibyte);
  closeSync(file);
}

function copyInto(path: string, image: string, offset: number): void {
  run(
    "dd",
    `if=${image}`,
    `of=${path}`,
    "bs=1M",
    "conv=notrunc,sparse",
    `seek=${offset / mebibyte}`,
    "status=none",
  );
}

/** The first partition's bytes of a disk. */
export function bootBytes(path: string): Buffer {
  const bytes = Buffer.alloc(systemOffset - mebibyte);
  const file = openSync(path, "r");
  readSync(file, bytes, 0, bytes.length, mebibyte);
  closeSync(file);
  return bytes;
}
