/**
 * The journal: every verdict on a command and every change of state, durable before anybody hears of it.
 *
 * SQLite in WAL mode with `synchronous=FULL`: a commit that returned survives a power cut
 * (https://www.sqlite.org/pragma.html#pragma_synchronous). Each event carries a hash over the one before it, so that
 * a row that was changed or taken out afterwards shows.
 *
 * Invariant: nothing is published (an event, an answer, a report) before the commit that holds it returned.
 */
import { createHash } from "node:crypto";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  Refusal,
  type CommandRecord,
  type EventRow,
  type Verdict,
  type VerdictStore,
} from "@trofie/commands";
import type { EventType } from "@trofie/contract";
import { asError, type Clock, type Random } from "@trofie/reactor";
import canonicalize from "canonicalize";
import { bringUpToDate, format } from "./journal-formats.ts";
import { StartError } from "./start-error.ts";
import { isoTime, type World } from "./world.ts";

/** SQLite's result codes (https://www.sqlite.org/rescode.html). */
const sqliteBusy = 5;
const sqliteIoError = 10;
const sqliteCorrupt = 11;
const sqliteFull = 13;

interface EventColumns {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly job: string | null;
  readonly body: string;
  readonly hash: string;
}

const eventColumns = "seq, at, type, job, body, hash";

export class Journal implements VerdictStore {
  /** Called after each commit. */
  onCommit: () => void = () => {};
  /** Told when nothing can be recorded any more; again only after something could. */
  onFull: (refusal: Refusal) => void = () => {};
  readonly epoch: string;
  /** The first event that watchers may be sent; those before it have bodies of an older shape. */
  readonly firstSeq: number;
  lastSeq: number;
  readonly #clock: Clock;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #nextSeq: number;
  #head: string;
  #inCommit = false;
  #isFull = false;

  /**
   * Opens the journal at `path`, or makes it, and locks it for this process.
   * Throws a `StartError` when another process has it or it is not ours.
   */
  constructor(path: string, { clock, random }: Pick<World, "clock" | "random">) {
    this.#clock = clock;
    this.#database = openLocked(path);
    try {
      this.#prepareTables(random);
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.epoch = this.#meta("epoch");
    this.firstSeq = Number(this.#meta("first_seq"));
    const last = this.one<EventColumns>(`SELECT ${eventColumns} FROM event ORDER BY seq DESC LIMIT 1`);
    this.lastSeq = last?.seq ?? 0;
    this.#nextSeq = this.lastSeq + 1;
    this.#head = last?.hash ?? this.epoch;
  }

  /**
   * Makes all that `record` writes durable together, or none of it. Throws a `Refusal` with `UNAVAILABLE` when the
   * medium is full.
   */
  commit(record: () => void): void {
    const head = this.#head;
    this.#inCommit = true;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      record();
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#head = head;
      this.#nextSeq = this.lastSeq + 1;
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw this.#asUnavailable(error);
    } finally {
      this.#inCommit = false;
    }
    this.#isFull = false;
    this.lastSeq = this.#nextSeq - 1;
    this.onCommit();
  }

  /** Adds an event; only inside `commit`. */
  append(type: EventType, job: string | null, body: unknown): void {
    const row = { seq: this.#nextSeq, at: isoTime(this.#clock), type, job, body };
    this.#head = chain(this.#head, row);
    this.run(
      "INSERT INTO event (seq, at, type, job, body, hash) VALUES (?, ?, ?, ?, ?, ?)",
      row.seq,
      row.at,
      type,
      job,
      JSON.stringify(body),
      this.#head,
    );
    this.#nextSeq += 1;
  }

  read(since: number, limit: number): EventRow[] {
    const sql = `SELECT ${eventColumns} FROM event WHERE seq > ? ORDER BY seq LIMIT ?`;
    return this.all<EventColumns>(sql, since, limit).map(eventOf);
  }

  find(cmd: string): (CommandRecord & { verdict: Verdict }) | undefined {
    const sql = "SELECT digest, principal, method, verdict FROM command WHERE id = ?";
    const row = this.one<Omit<CommandRecord, "cmd"> & { verdict: string }>(sql, cmd);
    return row && { ...row, cmd, verdict: JSON.parse(row.verdict) as Verdict };
  }

  save({ cmd, digest, principal, method }: CommandRecord, record: () => Verdict): void {
    this.commit(() => {
      const verdict = JSON.stringify(record());
      this.run("INSERT INTO command VALUES (?, ?, ?, ?, ?)", cmd, digest, principal, method, verdict);
    });
  }

  /** Checks every event's hash. Returns the first `seq` that does not follow from the one before, or null. */
  firstBrokenSeq(): number | null {
    let head = this.epoch;
    for (const row of this.all<EventColumns>(`SELECT ${eventColumns} FROM event ORDER BY seq`)) {
      head = chain(head, eventOf(row));
      if (head !== row.hash) return row.seq;
    }
    return null;
  }

  close(): void {
    this.#database.close();
  }

  /** Writes, inside `commit`. */
  run(sql: string, ...values: SQLInputValue[]): void {
    if (!this.#inCommit) throw new Error("Cannot write the journal: no commit is open");
    this.#statement(sql).run(...values);
  }

  /** Reads one row. `T` is what the statement selects. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- SQL has no types: the caller knows the columns
  one<T>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.#statement(sql).get(...values) as T | undefined;
  }

  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#statement(sql).all(...values) as T[];
  }

  #meta(key: string): string {
    return this.one<{ value: string }>("SELECT value FROM meta WHERE key = ?", key)!.value;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }

  #asUnavailable(error: unknown): unknown {
    if (errorCodeOf(error) !== sqliteFull) return error;
    const refusal = new Refusal(
      "UNAVAILABLE",
      "Cannot write the journal now: the disk of the state folder is full",
    );
    if (!this.#isFull) this.onFull(refusal);
    this.#isFull = true;
    return refusal;
  }

  #prepareTables(random: Random): void {
    const found = this.one<{ user_version: number }>("PRAGMA user_version")!.user_version;
    if (found > format)
      throw new StartError(
        `Cannot open the journal: it has format ${found}, this program knows up to ${format}`,
      );
    try {
      if (found < format) bringUpToDate(this.#database, found, random);
    } catch (error) {
      if (errorCodeOf(error) !== sqliteFull) throw error;
      throw new StartError("Cannot bring the journal up to date: the disk of the state folder is full", {
        cause: error,
      });
    }
  }
}

/** Locks the file for as long as this process lives; the kernel lets go of it however the process ends. */
function openLocked(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    database.exec("BEGIN EXCLUSIVE; COMMIT");
    return database;
  } catch (error) {
    database.close();
    if (errorCodeOf(error) === sqliteBusy)
      throw new StartError(`Cannot use ${path}: another station is using this state folder`, {
        cause: error,
      });
    throw new StartError(`Cannot use ${path}: ${asError(error).message}`, { cause: error });
  }
}

function chain(head: string, row: EventRow): string {
  return createHash("sha256").update(head).update(canonicalize(row)!).digest("hex");
}

function eventOf({ seq, at, type, job, body }: EventColumns): EventRow {
  return { seq, at, type, job, body: JSON.parse(body) as unknown };
}

function errorCodeOf(error: unknown): number | null {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" ? code & 0xff : null;
}

/** True for a failure after which what is on the medium is not known: the process must end, and a new one look. */
export function isFatal(error: unknown): boolean {
  const code = errorCodeOf(error);
  return code === sqliteIoError || code === sqliteCorrupt;
}
