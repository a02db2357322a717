/** How long and how often is enough. Tests give smaller ones. */
export interface Limits {
  /** How often a checkpoint is kept. */
  readonly checkpointEveryMs: number;
  /** An operation that takes longer than this is told as a stall. */
  readonly stallMs: number;
  /** For telling bad sectors from good ones, over the whole job. */
  readonly narrowMs: number;
  /** How many blocks may fail in one sweep before the disk is given up. */
  readonly mostSuspectBlocks: number;
  readonly mostSuspectsInARow: number;
  /** How long the kernel may take to see that a disk is gone. */
  readonly goneGraceMs: number;
  /** How much of what was written before an interruption is read back and compared. */
  readonly overlapBytes: number;
}

export const usualLimits: Limits = {
  checkpointEveryMs: 5_000,
  stallMs: 20_000,
  narrowMs: 10 * 60_000,
  mostSuspectBlocks: 1024,
  mostSuspectsInARow: 128,
  goneGraceMs: 5_000,
  overlapBytes: 16 * 1024 * 1024,
};
