/** A fixed pattern laid over a disk: byte o of the disk is byte o mod length of the pattern. */
import { alignedMemory } from "../disk/aligned-memory.ts";
import { blockBytes } from "./sweep.ts";

/** What belongs in the block that begins at `offset`. One memory serves all blocks of the same phase, so do not write to it. */
export type PatternAt = (offset: number) => Uint8Array;

/** Blocks begin at multiples of `blockBytes`; a pattern of 3 bytes thus has 3 phases, one of 1, 2 or 4 bytes has one. */
export function patternBlocks(patternHex: string): PatternAt {
  const pattern = Buffer.from(patternHex, "hex");
  if (pattern.length === 0 || pattern.length * 2 !== patternHex.length) {
    throw new RangeError(`Not a pattern in hex: ${patternHex}`);
  }
  const phases = new Map<number, Uint8Array>();
  return (offset) => {
    const phase = offset % pattern.length;
    let block = phases.get(phase);
    if (block === undefined) phases.set(phase, (block = blockOfPhase(pattern, phase)));
    return block;
  };
}

function blockOfPhase(pattern: Buffer, phase: number): Uint8Array {
  const block = alignedMemory(blockBytes);
  Buffer.from(block.buffer, block.byteOffset, block.length).fill(
    Buffer.concat([pattern.subarray(phase), pattern.subarray(0, phase)]),
  );
  return block;
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
