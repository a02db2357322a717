/**
 * Where a journal keeps its rows: SQLite on a disk, or memory in a test. Both are of one shape, and `checkStore` says
 * what they promise.
 *
 * A store knows rows and when they are durable; what they mean is the journal's. Texts that are JSON stay texts here.
 */

/** A change of state. `hash` chains it to the one before it. */
export interface StoredEvent {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly job: string | null;
  readonly body: string;
  readonly hash: string;
}

/** A command that was decided, and how. */
export interface StoredCommand {
  readonly cmd: string;
  readonly digest: string;
  readonly principal: string;
  readonly method: string;
  readonly verdict: string;
}

export interface StoredJob {
  /** Counts the jobs in the order in which they were asked for, from 1. */
  readonly number: number;
  readonly id: string;
  readonly ended: boolean;
  readonly job: string;
  readonly plan: string;
  readonly seed: string;
  readonly checkpoint: string | null;
  readonly process: string | null;
  readonly rests: boolean;
}

/** A browser that was let in; times by the wall clock. */
export interface StoredAdmission {
  readonly number: number;
  readonly fingerprint: string;
  readonly openedMs: number;
  readonly seenMs: number;
}

/**
 * One change of a batch. An event and a command must be new: that they are there already is a mistake of ours. A job and
 * an admission take the place of the one with their number.
 */
export type Write =
  | { readonly put: "event"; readonly row: StoredEvent }
  | { readonly put: "command"; readonly row: StoredCommand }
  | { readonly put: "job"; readonly row: StoredJob }
  | { readonly put: "admission"; readonly row: StoredAdmission }
  | { readonly drop: "admission"; readonly number: number };

/**
 * Opened by one process at a time. All it reads is durable. Whatever throws a `StoreBroken` (see there) throws it ever
 * after: nothing is tried again in this process.
 */
export interface Store {
  /** For sentences: a path. */
  readonly name: string;
  /** 128 random bits in hex, made with the store: another store has another. */
  readonly epoch: string;
  /** The first event that watchers may be sent; those before it have bodies of an older shape. */
  readonly firstSeq: number;

  /**
   * Makes all of it durable, or none of it, before it returns. Throws a `StoreFull` or a `StoreBusy` when nothing was
   * done and it may be tried again, and a `StoreBroken` when nobody knows what was.
   */
  commit(writes: readonly Write[]): void;

  lastEvent(): StoredEvent | undefined;
  /** The events after `since`, at most `limit`, in order. */
  events(since: number, limit: number): readonly StoredEvent[];
  command(cmd: string): StoredCommand | undefined;
  job(id: string): StoredJob | undefined;
  /** Those that have not ended, in order. */
  openJobs(): readonly StoredJob[];
  /** The newest first. */
  newestJobs(limit: number): readonly StoredJob[];
  /** The newest first. */
  newestEndedJobs(limit: number): readonly StoredJob[];
  /** Those with a greater number, in order. */
  jobsAfter(number: number): readonly StoredJob[];
  admission(fingerprint: string): StoredAdmission | undefined;
  /** In order. */
  admissions(): readonly StoredAdmission[];

  /** Gives up what was set aside for the day on which the medium is full. False when nothing was. */
  useReserve(): boolean;
  /** Sets it aside again, if it is not. False while there is no room for it. */
  refillReserve(): boolean;

  /** Lets another process open it. */
  close(): void;
}

/** The medium has no room. Nothing was written. */
export class StoreFull extends Error {
  override readonly name = "StoreFull";
}

/** Somebody else reads or writes it, and did not let go in time. Nothing was written. */
export class StoreBusy extends Error {
  override readonly name = "StoreBusy";
}
