/** What a device holds: file systems, partition tables, members of LVM, LUKS, RAID and ZFS. Unmounted is not empty. */
import type { Content } from "@trofie/contract";
import type { Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";

/** The device or one of its partitions. */
export interface Region {
  readonly path: string;
  readonly sizeBytes: number;
}

interface LsblkRow {
  path?: string | null;
  fstype?: string | null;
  pttype?: string | null;
  label?: string | null;
}

type ContentsOf = (regions: readonly Region[]) => Content[];

/**
 * What udev knows, for all devices at once and without touching them. Without udev lsblk knows nothing, and a lsblk
 * that hangs leaves the list as it is without contents.
 */
export async function knownContents(machine: Machine): Promise<ContentsOf> {
  const text = await machine.run("lsblk", ["--json", "--list", "--output", "PATH,FSTYPE,PTTYPE,LABEL"]);
  const rows = new Map(parseLsblk(text).map((row) => [row.path, row]));
  return (regions) =>
    regions.flatMap((region, i) => {
      const row = rows.get(region.path);
      const type = printable(row?.fstype ?? (i === 0 ? row?.pttype : null) ?? null);
      return type === null
        ? partitionOnly(region, i)
        : [{ ...region, type, label: printable(row?.label ?? null) }];
    });
}

/**
 * What is on one device now, read from the device itself by blkid's probing; null when that did not come to an end.
 * The first region is the device, the others are its partitions.
 */
export async function probedContents(
  machine: Machine,
  regions: readonly Region[],
): Promise<Content[] | null> {
  const found = await Promise.all(
    regions.map(async (region, i) => {
      const text = await machine.run("blkid", ["--probe", "--output", "udev", region.path]);
      return text === null ? null : contentOf(region, i, text);
    }),
  );
  return found.includes(null) ? null : found.flatMap((content) => content ?? []);
}

function contentOf(region: Region, i: number, text: string): Content[] {
  const value = (key: string) => printable(new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1] ?? null);
  const type = value("ID_FS_TYPE") ?? (i === 0 ? value("ID_PART_TABLE_TYPE") : null);
  const label = printable(decoded(value("ID_FS_LABEL_ENC") ?? ""));
  return type === null ? partitionOnly(region, i) : [{ ...region, type, label }];
}

/** udev's form writes what is neither plain nor valid UTF-8 as "\x20", byte by byte (libblkid, `blkid_encode_string`). */
function decoded(text: string): string {
  return text.replace(/(?:\\x[0-9a-f]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll("\\x", ""), "hex").toString(),
  );
}

/** True for what is known to be a file system, a table or a member of something. */
export function isMoreThanPartition({ type }: Content): boolean {
  return type !== partition;
}

const partition = "part";

/** A partition is something even when nobody knows what is in it. */
function partitionOnly(region: Region, i: number): Content[] {
  return i === 0 ? [] : [{ ...region, type: partition, label: null }];
}

function parseLsblk(text: string | null): LsblkRow[] {
  try {
    const listing: { blockdevices?: LsblkRow[] } = JSON.parse(text ?? "{}");
    return listing.blockdevices ?? [];
  } catch {
    return [];
  }
}
