/**
 * What is wrong with a disk, as plain data: it can be exchanged while the disk is in use, and sent to the process
 * that serves it. A disk without faults is `{}`.
 */
export interface Faults {
  readonly badSectors?: readonly BadSectors[];

  /** Acknowledges a write that begins in one of these ranges, and does not do it. */
  readonly lyingWrites?: readonly SectorRange[];

  /** Every operation takes at least this long. */
  readonly delayMs?: number;

  readonly condition?: Condition;
}

/**
 * `hanging` holds operations until the condition changes, then does them under the faults of that moment; `dead`
 * fails every one; `vanished` does not even answer.
 */
export type Condition = "working" | "hanging" | "dead" | "vanished";

/** In sectors of the disk (`sectorBytes`), the count is 1 where none is given. */
export interface SectorRange {
  readonly first: number;
  readonly count?: number;
}

export interface BadSectors extends SectorRange {
  readonly fails: "reads" | "writes" | "reads and writes";
  readonly error?: FaultError;
}

/**
 * The errors that NBD can carry, with its numbers for them.
 * https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md#error-values
 */
export const faultErrors = {
  EPERM: 1,
  EIO: 5,
  ENOMEM: 12,
  EINVAL: 22,
  ENOSPC: 28,
  ENOTSUP: 95,
  ESHUTDOWN: 108,
} as const;

export type FaultError = keyof typeof faultErrors;

/** An operation that a fault made fail; whoever asked is told the error. */
export class DiskFault extends Error {
  override readonly name = "DiskFault";
  readonly error: FaultError;

  constructor(error: FaultError) {
    super(`The disk fails this operation: ${error}`);
    this.error = error;
  }
}

/** The disk is not there any more: whoever asked gets no answer at all. */
export class DiskVanished extends Error {
  override readonly name = "DiskVanished";
}

/** The first sector of a range of bytes that cannot be read (or written), and its error. */
export function firstBadSector(
  faults: Faults,
  operation: "reads" | "writes",
  range: Required<SectorRange>,
): { sector: number; error: FaultError } | null {
  let found: { sector: number; error: FaultError } | null = null;
  for (const bad of faults.badSectors ?? []) {
    if (!bad.fails.includes(operation) || !overlap(bad, range)) continue;
    const sector = Math.max(bad.first, range.first);
    if (!found || sector < found.sector) found = { sector, error: bad.error ?? "EIO" };
  }
  return found;
}

export function liesAbout(faults: Faults, range: Required<SectorRange>): boolean {
  return (faults.lyingWrites ?? []).some((lie) => overlap(lie, { first: range.first, count: 1 }));
}

function overlap(one: SectorRange, other: SectorRange): boolean {
  return one.first < other.first + (other.count ?? 1) && other.first < one.first + (one.count ?? 1);
}
