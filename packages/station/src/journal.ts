/**
 * The journal: every verdict on a command and every change of state, durable before anybody hears of it. It is the only
 * one who writes the store.
 *
 * Each event carries a hash over the one before it, so that a row that was changed or taken out afterwards shows.
 *
 * Invariant: nothing is published (an event, an answer, a report) before the commit that holds it returned.
 */
import { hash as hashOf } from "node:crypto";
import {
  Refusal,
  StoreBroken,
  type CommandRecord,
  type EventLog,
  type EventRow,
  type Verdict,
  type VerdictStore,
} from "@trofie/commands";
import type { EventType } from "@trofie/contract";
import type { Clock } from "@trofie/reactor";
import canonicalize from "canonicalize";
import {
  StoreBusy,
  StoreFull,
  type Store,
  type StoredAdmission,
  type StoredEvent,
  type StoredJob,
  type Write,
} from "./store.ts";
import { isoTime } from "./world.ts";

/** What one commit will write. Whoever records reads jobs as it leaves them; everybody else reads what is durable. */
interface Batch {
  readonly writes: Write[];
  /** By id. */
  readonly jobs: Map<string, StoredJob>;
  seq: number;
  head: string;
}

const eventsPerCheck = 1_000;

export class Journal implements VerdictStore, Omit<EventLog, "snapshot"> {
  /** Called after each commit. */
  onCommit: () => void = () => {};
  /** Told when nothing can be recorded any more; again only after something could. */
  onFull: (refusal: Refusal) => void = () => {};
  /** Where it is kept, for sentences. */
  readonly name: string;
  readonly epoch: string;
  readonly firstSeq: number;
  lastSeq: number;
  /** The chain's value at `lastSeq`; at 0 it is the epoch. */
  head: string;
  readonly #clock: Clock;
  readonly #store: Store;
  #batch: Batch | null = null;
  /** Since when nothing could be recorded; null while it can be. */
  #fullSince: string | null = null;
  #usesReserve = false;

  /** Takes over an opened store. */
  constructor(store: Store, clock: Clock) {
    this.#clock = clock;
    this.#store = store;
    this.name = store.name;
    this.epoch = store.epoch;
    this.firstSeq = store.firstSeq;
    const last = store.lastEvent();
    this.lastSeq = last?.seq ?? 0;
    this.head = last?.hash ?? this.epoch;
  }

  /**
   * Makes all that `record` writes durable together, or none of it. Throws a `Refusal` with `UNAVAILABLE` when it may be
   * tried again: the medium is full, or all its room is what was set aside. Throws a `StoreBroken` when the process must
   * end.
   */
  commit(record: () => void): void {
    const batch = this.#batchOf(record);
    if (batch.writes.length > 0 && this.#usesReserve && !this.setReserveAside()) throw full();
    this.#write(batch);
  }

  /**
   * The same for what cannot be refused and must not be lost, such as how a job has ended: on a full medium it takes the
   * room that was set aside for it.
   */
  commitAtAnyCost(record: () => void): void {
    try {
      this.#write(this.#batchOf(record));
    } catch (error) {
      if (!(error instanceof Refusal) || !this.#store.useReserve()) throw error;
      this.#usesReserve = true;
      this.#write(this.#batchOf(record));
    }
  }

  /** Adds an event; only inside `commit`. */
  append(type: EventType, job: string | null, body: unknown): void {
    const batch = this.#open();
    const row = { seq: batch.seq + 1, at: isoTime(this.#clock), type, job, body };
    batch.head = chain(batch.head, row);
    batch.seq = row.seq;
    batch.writes.push({ put: "event", row: { ...row, body: JSON.stringify(body), hash: batch.head } });
  }

  /** Adds a job, or puts one in the place of the one with its number; only inside `commit`. */
  putJob(row: StoredJob): void {
    const { writes, jobs } = this.#open();
    jobs.set(row.id, row);
    writes.push({ put: "job", row });
  }

  putAdmission(row: StoredAdmission): void {
    this.#open().writes.push({ put: "admission", row });
  }

  dropAdmission(number: number): void {
    this.#open().writes.push({ drop: "admission", number });
  }

  read(since: number, limit: number): EventRow[] {
    return this.#store.events(since, limit).map(eventOf);
  }

  headAt(seq: number): string | undefined {
    if (seq === 0) return this.epoch;
    const [row] = this.#store.events(seq - 1, 1);
    return row?.seq === seq ? row.hash : undefined;
  }

  find(cmd: string): (CommandRecord & { verdict: Verdict }) | undefined {
    const row = this.#store.command(cmd);
    return row && { ...row, verdict: JSON.parse(row.verdict) as Verdict };
  }

  /** A refusal is an event too: whoever watches sees what was tried. */
  save(command: CommandRecord, record: () => Verdict): void {
    const { cmd, method, principal } = command;
    this.commit(() => {
      const verdict = record();
      this.#open().writes.push({ put: "command", row: { ...command, verdict: JSON.stringify(verdict) } });
      if (!("refused" in verdict)) return;
      const { code, message } = verdict.refused;
      this.append("command.rejected", null, { cmd, method, principal, code, message });
    });
  }

  job(id: string): StoredJob | undefined {
    return this.#batch?.jobs.get(id) ?? this.#store.job(id);
  }

  openJobs(): readonly StoredJob[] {
    return this.#asWritten(this.#store.openJobs(), ({ ended }) => !ended);
  }

  jobsAfter(number: number): readonly StoredJob[] {
    return this.#asWritten(this.#store.jobsAfter(number), (job) => job.number > number);
  }

  /** The newest first; outside a commit. */
  newestJobs(limit: number): readonly StoredJob[] {
    return this.#store.newestJobs(limit);
  }

  /** The newest first; outside a commit. */
  newestEndedJobs(limit: number): readonly StoredJob[] {
    return this.#store.newestEndedJobs(limit);
  }

  /** The number of the next job; inside a commit. */
  nextJobNumber(): number {
    const inBatch = [...this.#open().jobs.values()].map(({ number }) => number);
    return Math.max(this.#store.newestJobs(1)[0]?.number ?? 0, ...inBatch) + 1;
  }

  admission(fingerprint: string): StoredAdmission | undefined {
    return this.#store.admission(fingerprint);
  }

  admissions(): readonly StoredAdmission[] {
    return this.#store.admissions();
  }

  /** Checks every event's hash. Returns the first `seq` that does not follow from the one before, or null. */
  firstBrokenSeq(): number | null {
    let head = this.epoch;
    for (let seq = 0; seq < this.lastSeq;) {
      for (const row of this.#store.events(seq, eventsPerCheck)) {
        if (row.seq !== seq + 1 || chainOf(head, row) !== row.hash) return seq + 1;
        ({ seq, hash: head } = row);
      }
    }
    return null;
  }

  /** Keeps some of the medium's room for `commitAtAnyCost`. False while there is none to keep. */
  setReserveAside(): boolean {
    return this.#store.refillReserve();
  }

  close(): void {
    this.#store.close();
  }

  #batchOf(record: () => void): Batch {
    if (this.#batch) throw new Error("Cannot commit: a commit is open");
    const batch = { writes: [], jobs: new Map(), seq: this.lastSeq, head: this.head };
    this.#batch = batch;
    try {
      record();
    } finally {
      this.#batch = null;
    }
    return batch;
  }

  #write({ writes, seq, head }: Batch): void {
    if (writes.length === 0) return;
    try {
      this.#store.commit(writes);
    } catch (error) {
      throw this.#asUnavailable(error);
    }
    this.lastSeq = seq;
    this.head = head;
    this.onCommit();
    if (this.#fullSince !== null && (!this.#usesReserve || this.setReserveAside()))
      this.#isWritable(this.#fullSince);
  }

  /** What was just written is durable, whatever becomes of this. */
  #isWritable(fullSince: string): void {
    this.#fullSince = null;
    this.#usesReserve = false;
    try {
      this.commit(() => this.append("journal.writable", null, { fullSince }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  #open(): Batch {
    if (!this.#batch) throw new Error("Cannot write the journal: no commit is open");
    return this.#batch;
  }

  /** The rows as the open commit leaves them, in order. */
  #asWritten(rows: readonly StoredJob[], belongs: (row: StoredJob) => boolean): readonly StoredJob[] {
    if (!this.#batch || this.#batch.jobs.size === 0) return rows;
    const { jobs } = this.#batch;
    const untouched = rows.filter(({ id }) => !jobs.has(id));
    return [...untouched, ...[...jobs.values()].filter(belongs)].toSorted((a, b) => a.number - b.number);
  }

  #asUnavailable(error: unknown): unknown {
    if (error instanceof StoreBusy)
      return new Refusal("UNAVAILABLE", "Cannot write the journal now: another program is using it");
    if (!(error instanceof StoreFull)) return error;
    const refusal = full();
    if (this.#fullSince === null) this.onFull(refusal);
    this.#fullSince ??= isoTime(this.#clock);
    return refusal;
  }
}

function full(): Refusal {
  return new Refusal("UNAVAILABLE", "Cannot write the journal now: the disk of the state folder is full");
}

function chain(head: string, row: Omit<EventRow, "head">): string {
  return hashOf("sha256", head + canonicalize(row)!);
}

/** What stands there must be JSON, and what is JSON must have a canonical form: else no hash fits it. */
function chainOf(head: string, { seq, at, type, job, body }: StoredEvent): string | null {
  try {
    return chain(head, { seq, at, type, job, body: JSON.parse(body) as unknown });
  } catch {
    return null;
  }
}

function eventOf({ seq, at, type, job, body, hash }: StoredEvent): EventRow {
  return { seq, at, type, job, body: JSON.parse(body) as unknown, head: hash };
}

/** True for a failure after which what is on the medium is not known: the process must end, and a new one look. */
export function isFatal(error: unknown): boolean {
  return error instanceof StoreBroken;
}
