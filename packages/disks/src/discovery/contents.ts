/** What a device holds: file systems, partition tables, members of LVM, LUKS, RAID and ZFS. Unmounted is not empty. */
import type { Content } from "@trofie/contract";
import type { Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";

/** The device or one of its partitions. */
export interface Region {
  readonly path: string;
  readonly sizeBytes: number;
}

/** What is in a region, as far as somebody says. */
interface Answer {
  readonly fileSystem: string | null;
  readonly table: string | null;
  readonly label: string | null;
}

type Answers = ReadonlyMap<string, Answer>;

/** What the regions of one device hold, the device first. */
type ContentsIn = (regions: readonly Region[]) => Content[];

/**
 * What udev knows, for all devices at once and without touching them. (Without udev lsblk would look into every disk
 * itself, and wait for one that hangs.)
 */
export async function knownContents(machine: Machine): Promise<ContentsIn> {
  const text = await machine.run("lsblk", ["--json", "--list", "--output", "PATH,FSTYPE,PTTYPE,LABEL"]);
  const answers = parseLsblk(text);
  return (regions) => contentsOf(regions, answers);
}

/** Where there is no udev to know anything: only that a partition is one. */
export const nothingKnown: ContentsIn = (regions) => contentsOf(regions, new Map());

/**
 * What is on one device now, read from the device itself by blkid's probing; null when that did not come to an end.
 * The first region is the device, the others are its partitions. (One blkid for several would end at the first that is
 * blank.)
 */
export async function probedContents(
  machine: Machine,
  regions: readonly Region[],
): Promise<Content[] | null> {
  const texts = await Promise.all(
    regions.map(({ path }) => machine.run("blkid", ["--probe", "--output", "udev", path])),
  );
  if (texts.includes(null)) return null;
  return contentsOf(regions, new Map(regions.map(({ path }, i) => [path, parseBlkid(texts[i] ?? "")])));
}

/** True for what is known to be a file system, a table or a member of something. */
export function isMoreThanPartition({ type }: Content): boolean {
  return type !== partition;
}

/** A partition is something even when nobody knows what is in it. */
const partition = "part";

function contentsOf(regions: readonly Region[], answers: Answers): Content[] {
  return regions.flatMap((region, i) => {
    const answer = answers.get(region.path);
    const isWhole = i === 0;
    const type = answer?.fileSystem ?? (isWhole ? answer?.table : null) ?? null;
    if (type !== null) return [{ ...region, type, label: answer?.label ?? null }];
    return isWhole ? [] : [{ ...region, type: partition, label: null }];
  });
}

interface LsblkRow {
  path?: unknown;
  fstype?: unknown;
  pttype?: unknown;
  label?: unknown;
}

function parseLsblk(text: string | null): Answers {
  const rows = rowsOf(text);
  return new Map(
    rows.map(({ path, fstype, pttype, label }) => [
      String(path),
      { fileSystem: shown(fstype), table: shown(pttype), label: shown(label) },
    ]),
  );
}

function rowsOf(text: string | null): LsblkRow[] {
  try {
    const listing: { blockdevices?: LsblkRow[] } | null = JSON.parse(text ?? "{}");
    return Array.isArray(listing?.blockdevices) ? listing.blockdevices.filter((row) => row !== null) : [];
  } catch {
    return [];
  }
}

function shown(value: unknown): string | null {
  return typeof value === "string" ? printable(value) : null;
}

function parseBlkid(text: string): Answer {
  const value = (key: string) => printable(new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1] ?? null);
  return {
    fileSystem: value("ID_FS_TYPE"),
    table: value("ID_PART_TABLE_TYPE"),
    label: printable(decoded(value("ID_FS_LABEL_ENC") ?? "")),
  };
}

/** udev's form writes what is neither plain nor valid UTF-8 as "\x20", byte by byte (libblkid, `blkid_encode_string`). */
function decoded(text: string): string {
  return text.replaceAll(/(?:\\x[0-9a-f]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll("\\x", ""), "hex").toString(),
  );
}
