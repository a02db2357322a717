/** Reads ranges of a disk back and compares every byte with what belongs there. */
import type { Fill, VerificationReport } from "@trofie/contract";
import { BorrowedMemory } from "../disk/aligned-memory.ts";
import { readFully } from "../disk/io-errors.ts";
import type { FaultyMap, Suspects } from "./faulty-map.ts";
import { judge, passBlock, type Ground } from "./ground.ts";
import { countDifferent } from "./pattern.ts";
import { between, joined, type Range } from "./range.ts";
import { blockBytes, blockMaker, type BlockMaker } from "./streams/block-maker.ts";
import { sweep } from "./sweep.ts";

/** What a verification has found so far, as plain JSON. */
export type Found = Pick<VerificationReport, "bytesRead" | "mismatchedBytes" | "unreadableBytes">;

export const nothingFound: Found = { bytesRead: 0, mismatchedBytes: 0, unreadableBytes: 0 };

/** What came of reading one piece: null when it cannot be read. */
export type Compared = { readonly mismatchedBytes: number; readonly wrong: readonly Range[] } | null;

export interface Verifying {
  readonly ranges: readonly Range[];
  readonly suspects: Suspects;
  /** All up to `end` has been dealt with; what was found of the last block. */
  readonly settled: (range: Range, compared: Compared) => void;
}

/** So much is compared at once: what is expected stays in the cache nearest to the processor. */
const comparedBytes = 64 * 1024;

/** Reads blocks and compares them. What is expected is made piece by piece in one memory, and compared at once. */
export class Comparer {
  readonly #ground: Ground;
  readonly #maker: BlockMaker;
  readonly #borrowed: BorrowedMemory;
  readonly #lanes: readonly Buffer[];

  /** The large memory first, so that it is the one that a maker of several lanes gave back. */
  private constructor(ground: Ground, fill: Fill) {
    this.#ground = ground;
    this.#borrowed = new BorrowedMemory(ground.lanes * blockBytes);
    this.#maker = blockMaker(fill, 1, comparedBytes);
    const { buffer } = this.#borrowed.memory;
    this.#lanes = Array.from({ length: ground.lanes }, (_, i) =>
      Buffer.from(buffer, i * blockBytes, blockBytes),
    );
  }

  /** Lets `use` compare, and gives all memory back when it has ended and nothing is being read any more. */
  static async with<T>(ground: Ground, fill: Fill, use: (comparer: Comparer) => Promise<T>): Promise<T> {
    const comparer = new Comparer(ground, fill);
    try {
      return await use(comparer);
    } finally {
      comparer.#borrowed.giveBack();
      comparer.#maker.close();
    }
  }

  async compare(offset: number, lengthBytes: number, lane: number): Promise<Compared> {
    const memory = this.#lanes[lane]!;
    try {
      await readFully(this.#ground.disk, memory.subarray(0, lengthBytes), offset);
    } catch (error) {
      await judge(this.#ground, error);
      return null;
    }
    return this.#comparedWith(memory, offset, lengthBytes);
  }

  #comparedWith(found: Buffer, offset: number, lengthBytes: number): Compared {
    const { meter, sectorBytes } = this.#ground;
    const wrong: Range[] = [];
    let mismatchedBytes = 0;
    for (let at = 0; at < lengthBytes; at += comparedBytes) {
      const end = Math.min(at + comparedBytes, lengthBytes);
      const expected = meter.timed("generator", () => this.#maker.make(offset + at, end - at, 0));
      const isSame = meter.timed("comparison", () => found.compare(expected, 0, end - at, at, end) === 0);
      if (isSame) continue;
      const piece = found.subarray(at, end);
      mismatchedBytes += countDifferent(piece, expected);
      wrong.push(...wrongSectors(piece, expected, offset + at, sectorBytes));
    }
    return { mismatchedBytes, wrong: joined(wrong) };
  }
}

function wrongSectors(found: Uint8Array, expected: Uint8Array, offset: number, sectorBytes: number): Range[] {
  const wrong: Range[] = [];
  for (let at = 0; at < found.length; at += sectorBytes) {
    const end = Math.min(at + sectorBytes, found.length);
    if (Buffer.compare(found.subarray(at, end), expected.subarray(at, end)) === 0) continue;
    wrong.push(between(offset + at, offset + end));
  }
  return wrong;
}

/**
 * Goes on to the end whatever it finds. A byte that could not be read is unreadable, never a match: a disk that was
 * pulled answers reads with "end of file", and a verification that stopped there would certify it.
 */
export async function verifyRanges(ground: Ground, comparer: Comparer, verifying: Verifying): Promise<void> {
  const { ranges, suspects, settled } = verifying;
  await sweep<Compared>({
    ...ground,
    ranges,
    visit: async (offset, lengthBytes, lane) => {
      const toWaitFor = passBlock(ground, suspects, "read");
      if (toWaitFor !== null) await toWaitFor;
      return comparer.compare(offset, lengthBytes, lane);
    },
    settle: (offset, lengthBytes, compared) => {
      if (compared === null) suspects.add({ offset, lengthBytes });
      ground.meter.add(lengthBytes);
      settled({ offset, lengthBytes }, compared);
    },
  });
}

/** Adds what came of one piece that could be read. */
export function addCompared(
  found: Found,
  map: FaultyMap,
  range: Range,
  compared: NonNullable<Compared>,
): Found {
  for (const wrong of compared.wrong) map.add("mismatch", wrong, true);
  return {
    ...found,
    bytesRead: found.bytesRead + range.lengthBytes,
    mismatchedBytes: found.mismatchedBytes + compared.mismatchedBytes,
  };
}
