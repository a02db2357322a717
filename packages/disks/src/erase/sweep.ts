/** One way over a disk from its first byte to its last, in blocks, several at once. */

/** 1 MiB, 2 to 4 at once, is where loop devices, NVMe and hard disks are all at their limit; more is slower. */
export const blockBytes = 1024 * 1024;
export const lanesDirect = 4;
/** Through the page cache writers only wait for each other's lock. */
export const lanesBuffered = 1;

export interface Sweep {
  readonly sizeBytes: number;
  /** How many blocks are visited at once. */
  readonly lanes: number;
  /** No block is begun after this; the ones begun come to their end. */
  readonly signal: AbortSignal;
}

/** Visits one block. `lane` is the number of the lane, for memory that belongs to it alone. */
export type Visit = (offset: number, lengthBytes: number, lane: number) => Promise<void>;

/**
 * Begins the blocks in order, the last one shorter where it must be. Ends at the first failure: no block is begun after
 * it, and it is thrown when the others have come back; of several, the one at the lowest offset.
 */
export async function sweep({ sizeBytes, lanes, signal }: Sweep, visit: Visit): Promise<void> {
  let nextOffset = 0;
  const failures: { offset: number; error: unknown }[] = [];

  async function runLane(lane: number) {
    while (nextOffset < sizeBytes && failures.length === 0 && !signal.aborted) {
      const offset = nextOffset;
      nextOffset += blockBytes;
      try {
        await visit(offset, Math.min(blockBytes, sizeBytes - offset), lane);
      } catch (error) {
        failures.push({ offset, error });
      }
    }
  }

  await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
  const [first] = failures.toSorted((a, b) => a.offset - b.offset);
  if (first !== undefined) throw first.error;
}
