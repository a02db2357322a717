/** Writes a pattern over a whole disk. */
import { DiskError, type Disk } from "../disk/disk.ts";
import { patternBlocks } from "./pattern.ts";
import { lanesBuffered, lanesDirect, sweep } from "./sweep.ts";

/** Buffered writes are brought to the medium this often, so that an error is not far from its cause. */
const bytesBetweenFlushes = 128 * 1024 * 1024;

/**
 * Returns when every byte is written and flushed to the medium, or when `signal` ended it early; the first error ends
 * it. `onBytes` hears of each block once it is written.
 */
export async function writePattern(
  disk: Disk,
  patternHex: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<void> {
  const patternAt = patternBlocks(patternHex);
  let sinceFlushBytes = 0;
  const lanes = disk.direct ? lanesDirect : lanesBuffered;
  await sweep({ sizeBytes: disk.sizeBytes, lanes, signal }, async (offset, lengthBytes) => {
    await writeFully(disk, patternAt(offset).subarray(0, lengthBytes), offset);
    onBytes(lengthBytes);
    sinceFlushBytes += lengthBytes;
    if (!disk.direct && sinceFlushBytes >= bytesBetweenFlushes) {
      sinceFlushBytes = 0;
      await flush(disk);
    }
  });
  if (!signal.aborted) await flush(disk);
}

/** A short write is no end: the rest is asked for, and the answer to that tells why. */
async function writeFully(disk: Disk, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const at = offset + done;
    const written = await disk.write(bytes.subarray(done), at).catch((error: unknown) => {
      throw new DiskError("write", at, error);
    });
    if (written <= 0) throw new DiskError("write", at, new Error("it takes no more bytes"));
    done += written;
  }
}

async function flush(disk: Disk): Promise<void> {
  await disk.flush().catch((error: unknown) => {
    throw new DiskError("flush", 0, error);
  });
}
