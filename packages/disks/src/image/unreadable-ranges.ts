/** Which sectors cannot be read, around a place where reading failed. */
import { alignedMemory } from "../disk/aligned-memory.ts";
import type { Disk } from "../disk/disk.ts";
import { blockBytes, sectorBytes } from "./blocks.ts";

export interface UnreadableRange {
  readonly offset: number;
  readonly lengthBytes: number;
}

/** Each attempt on a bad sector costs a disk seconds: after so many the rest of the block is left alone. */
const mostFailures = 16;
const toldAtMost = 8;

/** Reads the block around `offset` again, sector by sector. Empty when all of it could be read this time. */
export async function unreadableRanges(
  disk: Pick<Disk, "read" | "sizeBytes">,
  offset: number,
  { signal }: { readonly signal: AbortSignal },
): Promise<UnreadableRange[]> {
  const from = Math.floor(offset / blockBytes) * blockBytes;
  const end = Math.min(from + blockBytes, disk.sizeBytes);
  const memory = alignedMemory(sectorBytes);
  const bad: UnreadableRange[] = [];
  let failures = 0;
  for (let at = from; at < end && failures < mostFailures && !signal.aborted; at += sectorBytes) {
    const lengthBytes = Math.min(sectorBytes, end - at);
    const count = await disk.read(memory.subarray(0, lengthBytes), at).catch(() => 0);
    if (count >= lengthBytes) continue;
    failures++;
    const last = bad.at(-1);
    if (last !== undefined && last.offset + last.lengthBytes === at) {
      bad[bad.length - 1] = { offset: last.offset, lengthBytes: last.lengthBytes + lengthBytes };
    } else bad.push({ offset: at, lengthBytes });
  }
  return bad;
}

/** "4096 bytes at byte 1048576 and 8192 bytes at byte 2097152 cannot be read". */
export function rangesText(ranges: readonly UnreadableRange[]): string {
  const told = ranges
    .slice(0, toldAtMost)
    .map((range) => `${range.lengthBytes} bytes at byte ${range.offset}`);
  const more = ranges.length > toldAtMost ? ["more"] : [];
  const words = [...told, ...more];
  const list = words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
  return `${list} cannot be read`;
}
