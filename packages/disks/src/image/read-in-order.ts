/** Reads a disk or a file from its first byte on, in order, with the next blocks on their way already. */
import { alignedMemory } from "../disk/aligned-memory.ts";
import { DiskError, type Disk } from "../disk/disk.ts";
import { blockBytes, lanesOf, sectorBytes } from "./blocks.ts";

export interface InOrder {
  /** How much is read; the disk has at least so much. */
  readonly lengthBytes: number;
  /** Passed before each block is begun; `settled` resolves when none is on its way. May throw. */
  readonly pass?: (settled: () => Promise<unknown>) => Promise<void>;
}

/**
 * Each block is 1 MiB, the last one shorter, and is left alone until the next one is asked for. Throws a `DiskError` at the
 * first block that cannot be read: an end of file before `lengthBytes` is how a pulled disk answers.
 */
export async function* readInOrder(
  disk: Pick<Disk, "read" | "direct">,
  { lengthBytes, pass = async () => {} }: InOrder,
): AsyncGenerator<Uint8Array> {
  const memories: Uint8Array[] = Array.from({ length: lanesOf(disk) }, () => alignedMemory(blockBytes));
  const onTheWay: { readonly read: Promise<Uint8Array>; readonly memory: Uint8Array }[] = [];
  const settled = () => Promise.allSettled(onTheWay.map(({ read }) => read));
  try {
    for (let nextOffset = 0; ;) {
      for (let memory = memories.pop(); memory !== undefined; memory = memories.pop()) {
        if (nextOffset >= lengthBytes) break;
        await pass(settled);
        const read = readBlock(disk, memory, nextOffset, Math.min(blockBytes, lengthBytes - nextOffset));
        read.catch(() => {}); // it is thrown when its turn comes
        onTheWay.push({ read, memory });
        nextOffset += blockBytes;
      }
      const first = onTheWay.shift();
      if (first === undefined) return;
      yield await first.read;
      memories.push(first.memory);
    }
  } finally {
    await settled();
  }
}

/** Direct I/O takes whole sectors only, so the last block is asked for up to the end of its sector. */
async function readBlock(
  disk: Pick<Disk, "read">,
  memory: Uint8Array,
  offset: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  const asked = Math.ceil(lengthBytes / sectorBytes) * sectorBytes;
  for (let done = 0; done < lengthBytes;) {
    const at = offset + done;
    const count = await disk.read(memory.subarray(done, asked), at).catch((error: unknown) => {
      throw new DiskError("read", at, error);
    });
    if (count <= 0) throw new DiskError("read", at, new Error("it ends there"));
    done += count;
  }
  return memory.subarray(0, lengthBytes);
}
