/** Reads a whole disk back and compares every byte with what was written. */
import type { VerificationReport } from "@trofie/contract";
import { alignedMemory } from "../disk/aligned-memory.ts";
import type { Disk } from "../disk/disk.ts";
import { countDifferent, patternBlocks } from "./pattern.ts";
import { blockBytes, lanesBuffered, lanesDirect, sweep } from "./sweep.ts";

/**
 * Goes on to the end whatever it finds. A byte that could not be read is unreadable, never a match: a disk that was
 * pulled answers reads with "end of file", and a verification that stopped there would certify it.
 */
export async function verifyPattern(
  disk: Disk,
  patternHex: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<VerificationReport> {
  const patternAt = patternBlocks(patternHex);
  const lanes = disk.direct ? lanesDirect : lanesBuffered;
  const memories = Array.from({ length: lanes }, () => alignedMemory(blockBytes));
  const found = { bytesRead: 0, mismatchedBytes: 0, unreadableBytes: 0 };
  await sweep({ sizeBytes: disk.sizeBytes, lanes, signal }, async (offset, lengthBytes, lane) => {
    const memory = memories[lane] ?? alignedMemory(blockBytes);
    const readBytes = await readAsFarAsPossible(disk, memory.subarray(0, lengthBytes), offset);
    found.bytesRead += readBytes;
    found.unreadableBytes += lengthBytes - readBytes;
    found.mismatchedBytes += countDifferent(memory.subarray(0, readBytes), patternAt(offset));
    onBytes(lengthBytes);
  });
  return { kind: "full", ...found, evidence: disk.direct };
}

/** How many bytes from the block's start could be read. After an error nothing more of the block is tried. */
async function readAsFarAsPossible(disk: Disk, into: Uint8Array, offset: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const count = await disk.read(into.subarray(done), offset + done).catch(() => 0);
    if (count <= 0) break;
    done += count;
  }
  return done;
}
