/**
 * A store in a SQLite database, in WAL mode with `synchronous=FULL`: a commit that returned survives a power cut
 * (https://www.sqlite.org/pragma.html#pragma_synchronous).
 *
 * Every row but an event, which the journal's chain covers, carries a sum over what it holds: SQLite notices a damaged
 * page only where its structure is hit, and a digit of a serial number is not its structure.
 */
import { closeSync, fdatasyncSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { StoreBroken } from "@trofie/commands";
import { asError, type Random } from "@trofie/reactor";
import { bringUpToDate, format } from "./journal-formats.ts";
import { sumOf, summed, type SummedTable } from "./row-sum.ts";
import { DamagedError, StartError } from "./start-error.ts";
import {
  StoreBusy,
  StoreFull,
  type Store,
  type StoredAdmission,
  type StoredCommand,
  type StoredEvent,
  type StoredJob,
  type Write,
} from "./store.ts";

/** SQLite's result codes (https://www.sqlite.org/rescode.html), their extensions cut off. */
const sqlite = {
  error: 1,
  busy: 5,
  locked: 6,
  corrupt: 11,
  full: 13,
  constraint: 19,
  notADatabase: 26,
} as const;

/** How much of the medium is kept back for the ends of jobs. */
const reserveBytes = 1_048_576;

/**
 * Opens the database at `path`, or makes it, and locks it for as long as this process lives: the kernel lets go of it
 * however the process ends. Throws a `StartError` when another process has it or its format is not known here, and a
 * `DamagedError` when it is not what a station has left.
 */
export function openSqliteStore(path: string, random: Random): Store {
  const database = openLocked(path);
  try {
    checkPages(database, path);
    prepareTables(database, path, random);
    checkSums(database, path);
    makeDurable(database);
    return new SqliteStore(path, database);
  } catch (error) {
    closeQuietly(database);
    throw startErrorOf(error, path);
  }
}

type Values = readonly SQLInputValue[];

class SqliteStore implements Store {
  readonly name: string;
  readonly epoch: string;
  readonly firstSeq: number;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #reservePath: string;
  #broken: StoreBroken | null = null;

  constructor(path: string, database: DatabaseSync) {
    this.name = path;
    this.#database = database;
    this.#reservePath = `${path}.reserve`;
    this.epoch = this.#meta("epoch");
    this.firstSeq = Number(this.#meta("first_seq"));
  }

  commit(writes: readonly Write[]): void {
    this.#orBroken(() => {
      try {
        this.#run("BEGIN IMMEDIATE");
        for (const write of writes) this.#write(write);
        this.#run("COMMIT");
      } catch (error) {
        if (this.#database.isTransaction) this.#run("ROLLBACK");
        throw error;
      }
    });
  }

  lastEvent(): StoredEvent | undefined {
    return this.#one<StoredEvent>(`SELECT ${eventColumns} FROM event ORDER BY seq DESC LIMIT 1`);
  }

  events(since: number, limit: number): readonly StoredEvent[] {
    const sql = `SELECT ${eventColumns} FROM event WHERE seq > ? ORDER BY seq LIMIT ?`;
    return this.#all<StoredEvent>(sql, since, limit);
  }

  command(cmd: string): StoredCommand | undefined {
    const sql = "SELECT id AS cmd, digest, principal, method, verdict FROM command WHERE id = ?";
    return this.#one<StoredCommand>(sql, cmd);
  }

  job(id: string): StoredJob | undefined {
    return this.#jobs("WHERE id = ?", id)[0];
  }

  openJobs(): readonly StoredJob[] {
    return this.#jobs("WHERE ended = 0 ORDER BY number");
  }

  newestJobs(limit: number): readonly StoredJob[] {
    return this.#jobs("ORDER BY number DESC LIMIT ?", limit);
  }

  newestEndedJobs(limit: number): readonly StoredJob[] {
    return this.#jobs("WHERE ended = 1 ORDER BY number DESC LIMIT ?", limit);
  }

  jobsAfter(number: number): readonly StoredJob[] {
    return this.#jobs("WHERE number > ? ORDER BY number", number);
  }

  admission(fingerprint: string): StoredAdmission | undefined {
    return this.#one<StoredAdmission>(`${selectAdmissions} WHERE fingerprint = ?`, fingerprint);
  }

  admissions(): readonly StoredAdmission[] {
    return this.#all<StoredAdmission>(`${selectAdmissions} ORDER BY number`);
  }

  useReserve(): boolean {
    if (reserveSize(this.#reservePath) === 0) return false;
    rmSync(this.#reservePath, { force: true });
    return true;
  }

  refillReserve(): boolean {
    if (reserveSize(this.#reservePath) === reserveBytes) return true;
    try {
      fillReserve(this.#reservePath);
      return true;
    } catch {
      rmSync(this.#reservePath, { force: true });
      return false;
    }
  }

  close(): void {
    closeQuietly(this.#database);
  }

  #write(write: Write): void {
    if ("drop" in write) return this.#run("DELETE FROM admission WHERE number = ?", write.number);
    switch (write.put) {
      case "event": {
        const { seq, at, type, job, body, hash } = write.row;
        return this.#run("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", seq, at, type, job, body, hash);
      }
      case "command": {
        const { cmd, digest, principal, method, verdict } = write.row;
        return this.#put("INSERT", "command", [cmd, digest, principal, method, verdict]);
      }
      case "job":
        return this.#put(insteadOfItsNumber, "job", valuesOfJob(write.row));
      case "admission": {
        const { number, fingerprint, openedMs, seenMs } = write.row;
        return this.#put(insteadOfItsNumber, "admission", [number, fingerprint, openedMs, seenMs]);
      }
    }
  }

  #put(how: typeof insteadOfItsNumber | "INSERT", table: SummedTable, values: Values): void {
    const { columns } = summed[table];
    const into = `${table} (${columns.join(", ")}, sum) VALUES (${columns.map(() => "?").join(", ")}, ?)`;
    const update = [...columns, "sum"].map((column) => `${column} = excluded.${column}`).join(", ");
    const instead = how === "INSERT" ? "" : ` ON CONFLICT (number) DO UPDATE SET ${update}`;
    this.#run(`INSERT INTO ${into}${instead}`, ...values, sumOf(table, values));
  }

  #jobs(where: string, ...values: Values): StoredJob[] {
    const sql = `SELECT ${summed.job.columns.join(", ")} FROM job ${where}`;
    return this.#all<JobColumns>(sql, ...values).map(jobOf);
  }

  #meta(key: string): string {
    return this.#one<{ value: string }>("SELECT value FROM meta WHERE key = ?", key)!.value;
  }

  #run(sql: string, ...values: Values): void {
    this.#statement(sql).run(...values);
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- SQL has no types: the caller knows the columns
  #one<T>(sql: string, ...values: Values): T | undefined {
    return this.#orBroken(() => this.#statement(sql).get(...values)) as T | undefined;
  }

  #all<T>(sql: string, ...values: Values): T[] {
    return this.#orBroken(() => this.#statement(sql).all(...values)) as T[];
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }

  /** Once broken, always broken. */
  #orBroken<T>(work: () => T): T {
    if (this.#broken) throw this.#broken;
    try {
      return work();
    } catch (error) {
      const known = storeErrorOf(error, this.name);
      if (known instanceof StoreBroken) this.#broken = known;
      throw known;
    }
  }
}

const eventColumns = "seq, at, type, job, body, hash";
const selectAdmissions =
  "SELECT number, fingerprint, opened_ms AS openedMs, seen_ms AS seenMs FROM admission";
const insteadOfItsNumber = "INSERT OR UPDATE";

type JobColumns = Omit<StoredJob, "ended" | "rests"> & { readonly ended: number; readonly rests: number };

function jobOf(row: JobColumns): StoredJob {
  return { ...row, ended: row.ended === 1, rests: row.rests === 1 };
}

/** In the order of `summed`. */
function valuesOfJob(row: StoredJob): Values {
  const { number, id, ended, job, plan, seed, checkpoint, process, rests } = row;
  return [number, id, ended ? 1 : 0, job, plan, seed, checkpoint, process, rests ? 1 : 0];
}

/** What an error of SQLite's means for a store; any other error is a mistake of ours and stays what it is. */
function storeErrorOf(error: unknown, name: string): unknown {
  const code = errorCodeOf(error);
  if (code === null || code === sqlite.constraint) return error;
  const cause = { cause: error };
  if (code === sqlite.full) return new StoreFull(`Cannot write ${name}: its disk is full`, cause);
  if (code === sqlite.busy || code === sqlite.locked)
    return new StoreBusy(`Cannot write ${name}: another program is using it`, cause);
  return new StoreBroken(`Cannot use ${name} any more: ${asError(error).message}`, cause);
}

function openLocked(path: string): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path);
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    database.exec("BEGIN EXCLUSIVE; COMMIT");
    return database;
  } catch (error) {
    if (database) closeQuietly(database);
    throw startErrorOf(error, path);
  }
}

/** Looks at the structure of every page (https://www.sqlite.org/pragma.html#pragma_quick_check). */
function checkPages(database: DatabaseSync, path: string): void {
  const { quick_check: found } = database.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
  if (found !== "ok") throw new DamagedError(path, oneLine(found));
}

function prepareTables(database: DatabaseSync, path: string, random: Random): void {
  const row = database.prepare("PRAGMA user_version").get() as { user_version: number };
  const found = row.user_version;
  if (found > format)
    throw new StartError(
      `Cannot use ${path}: it has format ${found}, this program knows up to ${format}; use a newer one`,
    );
  if (found < format) bringUpToDate(database, found, random);
}

/** Looks at every row: a command that is not found under its id would be carried out again. */
function checkSums(database: DatabaseSync, path: string): void {
  for (const table of Object.keys(summed) as SummedTable[]) {
    const { columns } = summed[table];
    const rows = database.prepare(`SELECT ${columns.join(", ")}, sum FROM ${table}`);
    for (const row of rows.iterate() as Iterable<Record<string, SQLInputValue>>) {
      const values = columns.map((column) => row[column]!);
      if (sumOf(table, values) !== row.sum)
        throw new DamagedError(
          path,
          `the row ${JSON.stringify(values[0])} of table ${table} is not as it was written`,
        );
    }
  }
  const { firsts } = database
    .prepare("SELECT count(*) AS firsts FROM meta WHERE key IN ('epoch', 'first_seq')")
    .get() as { firsts: number };
  if (firsts !== 2) throw new DamagedError(path, "it does not say which journal it is");
}

/**
 * What is replayed from the write-ahead log may so far stand in the kernel's cache alone, with its flush failed and
 * forgotten: copied into the database it is written, and flushed, anew. On a full disk that waits.
 */
function makeDurable(database: DatabaseSync): void {
  try {
    database.exec("PRAGMA wal_checkpoint(RESTART)");
  } catch (error) {
    if (errorCodeOf(error) !== sqlite.full) throw error;
  }
}

function startErrorOf(error: unknown, path: string): Error {
  if (error instanceof StartError) return error;
  const cause = { cause: error };
  const { message } = asError(error);
  if (error instanceof SyntaxError) return new DamagedError(path, oneLine(message), cause); // JSON of an older format
  switch (errorCodeOf(error)) {
    case sqlite.busy:
    case sqlite.locked:
      return new StartError(`Cannot use ${path}: another station is using this state folder`, cause);
    case sqlite.full:
      return new StartError(`Cannot bring ${path} up to date: the disk of the state folder is full`, cause);
    case sqlite.error: // a table or a column that is not as its format says
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return new DamagedError(path, oneLine(message), cause);
    default:
      return new StartError(`Cannot use ${path}: ${oneLine(message)}`, cause);
  }
}

function closeQuietly(database: DatabaseSync): void {
  try {
    database.close();
  } catch {
    // What could not be written at its end stands in the write-ahead log.
  }
}

function reserveSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** With bytes, for a file with a hole in it keeps no room. */
function fillReserve(path: string): void {
  const file = openSync(path, "w", 0o600);
  try {
    for (let bytes = 0; bytes < reserveBytes;) bytes += writeSync(file, Buffer.alloc(reserveBytes - bytes));
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}

function errorCodeOf(error: unknown): number | null {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" ? code & 0xff : null;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
