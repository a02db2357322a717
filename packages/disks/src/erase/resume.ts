/** Before a job goes on where another process was cut off: is what that one wrote still there? */
import type { Fill } from "@trofie/contract";
import { Comparer } from "./verify-pass.ts";
import type { Ground } from "./ground.ts";
import { between, endOf, joined, without, type Range } from "./range.ts";
import { blockBytes } from "./streams/block-maker.ts";

export interface Overlap {
  readonly overlapBytes: number;
  /** False: some of it is not as written. Somebody else wrote to the disk, or it lied about what is durable. */
  readonly proven: boolean;
}

/**
 * Reads back the last bytes before `end` and compares them. `holes` are known not to be written. What cannot be read is
 * no contradiction: the verification will come upon it.
 */
export async function proveOverlap(
  ground: Ground,
  fill: Fill,
  end: number,
  holes: readonly Range[],
): Promise<Overlap> {
  const from = Math.max(0, end - ground.limits.overlapBytes);
  const start = from - (from % blockBytes);
  const ranges = without([between(start, end)], joined(holes));
  return Comparer.with({ ...ground, lanes: 1 }, fill, (comparer) => compareAll(ground, comparer, ranges));
}

async function compareAll(
  { signal }: Ground,
  comparer: Comparer,
  ranges: readonly Range[],
): Promise<Overlap> {
  let overlapBytes = 0;
  for (const range of ranges) {
    for (let { offset } = range; offset < endOf(range) && !signal.aborted;) {
      const next = Math.min(endOf(range), offset - (offset % blockBytes) + blockBytes);
      const compared = await comparer.compare(offset, next - offset, 0);
      if (compared !== null) overlapBytes += next - offset;
      if (compared !== null && compared.mismatchedBytes > 0) return { overlapBytes, proven: false };
      offset = next;
    }
  }
  return { overlapBytes, proven: true };
}
