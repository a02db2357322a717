/** A fixed pattern laid over a disk: byte o of the disk is byte o mod length of the pattern. */
import { BorrowedMemory, pageBytes } from "../disk/aligned-memory.ts";
import { blockBytes, checkRange, type BlockMaker } from "./streams/block.ts";

/** In longer ones a sector may begin at a place at which no page does. */
const mostBytes = 256;

/**
 * One memory serves all blocks, and is not much longer than one: as the pattern goes on over it, each page begins at
 * another place of the pattern, until all places that a sector can begin at have come.
 */
export function patternMaker(patternHex: string, longest = blockBytes): BlockMaker {
  const pattern = Buffer.from(patternHex, "hex");
  if (pattern.length === 0 || pattern.length > mostBytes || pattern.length * 2 !== patternHex.length) {
    throw new RangeError(
      `Cannot lay a pattern over a disk: "${patternHex}" is not 1 to ${mostBytes} bytes in hex`,
    );
  }
  const pages = pagesByPhase(pattern.length);
  const neededBytes = (pages.size - 1) * pageBytes + longest;
  const borrowed = new BorrowedMemory(neededBytes);
  Buffer.from(borrowed.memory.buffer, 0, neededBytes).fill(pattern);
  return {
    make(offset, lengthBytes) {
      checkRange(offset, lengthBytes, longest);
      const page = pages.get(offset % pattern.length)!;
      return new Uint8Array(borrowed.memory.buffer, page * pageBytes, lengthBytes);
    },
    close: () => borrowed.giveBack(),
  };
}

/** The place in the pattern at which a page begins, and the first page that does. */
function pagesByPhase(patternBytes: number): ReadonlyMap<number, number> {
  const pages = new Map<number, number>();
  for (let page = 0; !pages.has((page * pageBytes) % patternBytes); page++) {
    pages.set((page * pageBytes) % patternBytes, page);
  }
  return pages;
}

/** Small enough that what is compared stays in the cache nearest to the processor. */
const comparedBytes = 64 * 1024;

/** How many bytes of `found` differ from `expected`, which is at least as long. */
export function countDifferent(found: Uint8Array, expected: Uint8Array): number {
  let different = 0;
  for (let at = 0; at < found.length; at += comparedBytes) {
    const end = Math.min(at + comparedBytes, found.length);
    const a = found.subarray(at, end);
    const b = expected.subarray(at, end);
    if (Buffer.compare(a, b) !== 0) different += countDifferentBytes(a, b);
  }
  return different;
}

function countDifferentBytes(a: Uint8Array, b: Uint8Array): number {
  let different = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) different++;
  }
  return different;
}
