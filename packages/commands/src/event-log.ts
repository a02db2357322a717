/** What a server of commands needs from its journal. Implemented by whoever keeps it. */
import type { Params } from "./json-rpc.ts";

/** A change of state. `seq` is +1 per row without gaps inside an epoch. */
export interface EventRow {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly type: string;
  /** The job that the event is about. */
  readonly job: string | null;
  readonly body: unknown;
  /** The chain's value at `seq`, as of `EventLog`. Old stations do not say it. */
  readonly head?: string;
}

/** One thing of the present state, for a watcher that cannot go on where it was. `ended`: a job that has its result. */
export interface SnapshotItem {
  readonly kind: string;
  readonly id: string;
  readonly ended: boolean;
  readonly item: unknown;
}

/** Rows are durable before anybody can read them here. */
export interface EventLog {
  /** Names the journal: another journal has another epoch, and no `seq` of one means anything in the other. */
  readonly epoch: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** What stands for all rows up to `lastSeq`: no other rows have it. */
  readonly head: string;
  /** The same for all rows up to `seq`; undefined where that is not known. */
  headAt(seq: number): string | undefined;
  /** The rows after `since`, at most `limit`. */
  read(since: number, limit: number): readonly EventRow[];
  /** The present state, as of `lastSeq`. */
  snapshot(): readonly SnapshotItem[];
}

/** A command as it is remembered, for as long as the epoch lasts. */
export interface CommandRecord {
  readonly cmd: string;
  /** Of the method and all parameters: the same id with another digest is another command. */
  readonly digest: string;
  readonly principal: string;
  readonly method: string;
}

/** What was decided: the answer, or the refusal. */
export type Verdict =
  | { readonly result: Params }
  | {
      readonly refused: {
        readonly code: string;
        readonly message: string;
        readonly details: Params;
      };
    };

export interface VerdictStore {
  find(cmd: string): (CommandRecord & { readonly verdict: Verdict }) | undefined;
  /**
   * Runs `record` and stores the verdict that it returns in one durable transaction. When this returns, all of it is
   * on the medium; when it throws, none is, and a `Refusal` with `UNAVAILABLE` says that the command may be sent
   * again. A `StoreBroken` says that nobody knows: the command must not be answered.
   */
  save(command: CommandRecord, record: () => Verdict): void;
}
