/** Which sectors cannot be read, around a place where reading failed. */
import { alignedMemory } from "../disk/aligned-memory.ts";
import type { Disk } from "../disk/disk.ts";
import { between, joined, type Range } from "../erase/range.ts";
import { blockBytes } from "./blocks.ts";

export interface Unreadable {
  /** In order. */
  readonly ranges: readonly Range[];
  /** False when not all sectors around the place were tried: more may be bad. */
  readonly isAll: boolean;
}

/** Each attempt on a bad sector costs a disk seconds: after so many the rest of the block is left alone. */
const mostFailures = 16;
const toldAtMost = 8;

/** Reads the block around `offset` again, sector by sector. No ranges when all of it could be read this time. */
export async function unreadableRanges(
  disk: Pick<Disk, "read" | "sizeBytes">,
  offset: number,
  { sectorBytes, signal }: { readonly sectorBytes: number; readonly signal: AbortSignal },
): Promise<Unreadable> {
  const from = Math.floor(offset / blockBytes) * blockBytes;
  const end = Math.min(from + blockBytes, disk.sizeBytes);
  const memory = alignedMemory(sectorBytes);
  const bad: Range[] = [];
  for (let at = from; at < end; at += sectorBytes) {
    if (bad.length === mostFailures || signal.aborted) return { ranges: joined(bad), isAll: false };
    const sector = between(at, Math.min(at + sectorBytes, end));
    const count = await disk.read(memory.subarray(0, sector.lengthBytes), at).catch(() => 0);
    if (count < sector.lengthBytes) bad.push(sector);
  }
  return { ranges: joined(bad), isAll: true };
}

/** "512 bytes at byte 1048576, 8192 bytes at byte 2097152 and perhaps more cannot be read". */
export function unreadableText({ ranges, isAll }: Unreadable): string {
  const told = ranges
    .slice(0, toldAtMost)
    .map((range) => `${range.lengthBytes} bytes at byte ${range.offset}`);
  const more = ranges.length > toldAtMost ? ["more"] : isAll ? [] : ["perhaps more"];
  const words = [...told, ...more];
  const list = words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
  return `${list} cannot be read`;
}
