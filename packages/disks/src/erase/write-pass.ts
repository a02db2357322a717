/** Writes what belongs there over ranges of a disk. What cannot be written is told and gone past. */
import type { Fill } from "@trofie/contract";
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

/** What is being written at a time: so many pieces, each of one block or, of a pattern, of several. */
export interface UnderWay extends Pick<Required<Sweep<boolean>>, "lanes" | "longest"> {
  /** The longest block that is made, in bytes. */
  readonly block: number;
}

/** From so many on a disk is fast. */
const fastBlocksPerSecond = 64;

/**
 * A pattern is one block, however often it is under way. A fast disk gets four of it in one operation, which costs half the
 * processor's time; a slow one gets single ones, or it would take too long to stop. What is made anew for each block is in
 * shorter ones: the disk has as much to do while one is made, in half the memory.
 */
export function underWay({ kind }: Fill, { disk, meter }: Pick<Ground, "disk" | "meter">): UnderWay {
  if (!disk.direct) return { lanes: lanesBuffered, block: blockBytes, longest: () => blockBytes };
  if (kind === "random") return { lanes: 4, block: blockBytes / 2, longest: () => blockBytes / 2 };
  const isFast = (): boolean => meter.bytesPerSecond >= fastBlocksPerSecond * blockBytes;
  return { lanes: 2, block: blockBytes, longest: () => (isFast() ? 4 : 1) * blockBytes };
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
  const parts = ground.meter.timed("generator", () => partsOf(maker, offset, lengthBytes, lane));
  try {
    await writeFully(ground.disk, parts, offset);
    return true;
  } catch (error) {
    await judge(ground, error);
    return false;
  }
}

/** Only a pattern has more than one: its blocks lie in memory that all lanes share. */
function partsOf(maker: BlockMaker, offset: number, lengthBytes: number, lane: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < lengthBytes; at += blockBytes) {
    parts.push(maker.make(offset + at, Math.min(blockBytes, lengthBytes - at), lane));
  }
  return parts;
}
