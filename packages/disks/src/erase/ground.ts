/** What all sweeps of one job stand on. */
import { DiskError, type Disk } from "../disk/disk.ts";
import { meaningOf } from "../disk/io-errors.ts";
import { Interruption, type JobClock } from "../job/job-context.ts";
import type { PauseGate } from "../job/pause-gate.ts";
import type { Suspects } from "./faulty-map.ts";
import type { Limits } from "./limits.ts";
import type { Meter } from "./meter.ts";
import { blockBytes } from "./streams/block-maker.ts";

export interface Ground {
  readonly disk: Disk;
  /** The smallest piece that is bad or good as a whole: a smaller write would be a read, a change and a write of it. */
  readonly sectorBytes: number;
  readonly lanes: number;
  readonly clock: JobClock;
  readonly signal: AbortSignal;
  readonly gate: Pick<PauseGate, "isPaused">;
  readonly meter: Meter;
  readonly limits: Limits;
  /** Throws an `Interruption` when the disk is not there any more; what it says may be half a second old. */
  readonly checkThere: () => Promise<void>;
  /** Called while the job is paused, with nothing in flight; returns when it goes on. */
  readonly rest: () => Promise<void>;
  /** Passed before each block: keeps a checkpoint when one is due; null when there is nothing to wait for. */
  readonly passBy: () => Promise<void> | null;
}

/** So much of a disk fails that going on would only wear out everybody's patience. */
export class Hopeless extends Error {
  override readonly name = "Hopeless";
}

/** The world's failures are outcomes; an interruption is none, and our own bugs are none either. */
export function isFailure(error: unknown): error is DiskError | Hopeless {
  return error instanceof DiskError || error instanceof Hopeless;
}

/**
 * What an operation's failure means: returns when the sectors are bad, throws what ends the job otherwise. A disk that
 * was pulled fails like a bad sector does, so it is looked for.
 */
export async function judge({ checkThere }: Ground, error: unknown): Promise<void> {
  const meaning = meaningOf(error);
  if (meaning === "refused") throw error;
  if (meaning === "gone") throw goneAt(error);
  await checkThere();
}

export function goneAt(error: unknown): Interruption {
  const how = error instanceof Error ? error.message : String(error);
  return new Interruption(`Cannot go on: the disk is gone (${how})`, { cause: error });
}

/** Passed before each block of a sweep. Null when there is nothing to wait for, as there is nearly always. */
export function passBlock(
  ground: Ground,
  suspects: Suspects,
  verb: "written" | "read",
): Promise<void> | null {
  return isHopeless(ground, suspects) ? refuseHopeless(ground, verb) : ground.passBy();
}

/** Whether too much has failed. */
function isHopeless({ limits }: Ground, suspects: Suspects): boolean {
  if (suspects.bytes >= limits.mostSuspectBlocks * blockBytes) return true;
  return suspects.inARowBytes >= limits.mostSuspectsInARow * blockBytes;
}

/**
 * Throws for a disk that is hopeless. The kernel may take a while to see that a disk is gone, and until then everything on
 * it fails: so one that fails all is given that while, and looked for again.
 */
async function refuseHopeless(ground: Ground, verb: "written" | "read"): Promise<never> {
  const { limits, clock, signal, checkThere } = ground;
  await clock.wait(limits.goneGraceMs, signal);
  await checkThere();
  throw new Hopeless(`Gave up: too much of the disk cannot be ${verb}`);
}
