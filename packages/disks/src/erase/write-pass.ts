/** Writes what belongs there over ranges of a disk. What cannot be written is told and gone past. */
import type { Fill } from "@trofie/contract";
import type { Disk } from "../disk/disk.ts";
import { writeFully } from "../disk/io-errors.ts";
import type { Suspects } from "./faulty-map.ts";
import { judge, passBlock, type Ground } from "./ground.ts";
import type { Range } from "./range.ts";
import { blockBytes, type BlockMaker } from "./streams/block-maker.ts";
import { lanesBuffered, sweep, type Sweep } from "./sweep.ts";

export interface Writing {
  readonly ranges: readonly Range[];
  readonly maker: BlockMaker;
  readonly underWay: UnderWay;
  /** Where the blocks that could not be written are put. */
  readonly suspects: Suspects;
  /** All up to `end` has been dealt with; `writtenBytes` of the last block went to the disk. */
  readonly settled: (end: number, writtenBytes: number) => void;
}

/** How many blocks are being written at a time, and how long the longest is, in bytes. */
export type UnderWay = Pick<Required<Sweep<boolean>>, "lanes" | "longest">;

/**
 * A pattern is one block, however often it is under way. What is made anew for each block is in shorter ones: the disk
 * has as much to do while one is made, in half the memory.
 */
export function underWay({ kind }: Fill, { direct }: Disk): UnderWay {
  if (!direct) return { lanes: lanesBuffered, longest: blockBytes };
  return { lanes: 4, longest: kind === "pattern" ? blockBytes : blockBytes / 2 };
}

/** Returns when every range was gone over, or when the job is to stop; nothing is flushed yet. */
export async function writeRanges(ground: Ground, writing: Writing): Promise<void> {
  const { ranges, maker, suspects, settled } = writing;
  await sweep<boolean>({
    ...ground,
    ...writing.underWay,
    ranges,
    visit: async (offset, lengthBytes, lane) => {
      const toWaitFor = passBlock(ground, suspects, "written");
      if (toWaitFor !== null) await toWaitFor;
      return writePiece(ground, maker, offset, lengthBytes, lane);
    },
    settle: (offset, lengthBytes, isWritten) => {
      if (!isWritten) suspects.add({ offset, lengthBytes });
      ground.meter.add(lengthBytes);
      settled(offset + lengthBytes, isWritten ? lengthBytes : 0);
    },
  });
}

/** False when the piece is bad; throws what ends the job. */
export async function writePiece(
  ground: Ground,
  maker: BlockMaker,
  offset: number,
  lengthBytes: number,
  lane: number,
): Promise<boolean> {
  const bytes = ground.meter.timed("generator", () => maker.make(offset, lengthBytes, lane));
  try {
    await writeFully(ground.disk, bytes, offset);
    return true;
  } catch (error) {
    await judge(ground, error);
    return false;
  }
}
