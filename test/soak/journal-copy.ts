/**
 * Reads the journal of a station that is dead, by SQLite alone. A copy is read: to open the files themselves would
 * recover them, and the next station would find what we have left instead of what the last one has.
 */
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface EventInJournal {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly job: string | null;
  readonly body: string;
  readonly hash: string;
}

export interface CommandInJournal {
  readonly cmd: string;
  readonly method: string;
  readonly verdict: string;
}

export interface JobInJournal {
  readonly number: number;
  readonly id: string;
  readonly ended: number;
  /** As JSON. */
  readonly job: string;
}

export interface JournalRows {
  readonly epoch: string;
  readonly events: readonly EventInJournal[];
  readonly commands: ReadonlyMap<string, CommandInJournal>;
  readonly jobs: readonly JobInJournal[];
}

/** With the events after `since`. Null while there is none. Throws with what SQLite has found when it is damaged. */
export function readJournal(statePath: string, copyPath: string, since = 0): JournalRows | null {
  const path = join(statePath, "journal.sqlite");
  if (!existsSync(path)) return null;
  for (const ending of ["", "-wal", "-shm"]) rmSync(copyPath + ending, { force: true });
  for (const ending of ["", "-wal"])
    if (existsSync(path + ending)) copyFileSync(path + ending, copyPath + ending);
  const database = new DatabaseSync(copyPath);
  try {
    return rowsOf(database, since);
  } finally {
    database.close();
  }
}

function rowsOf(database: DatabaseSync, since: number): JournalRows | null {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- SQL has no types: the caller knows the columns
  const all = <T>(sql: string): T[] => database.prepare(sql).all() as T[];
  const [found] = all<{ integrity_check: string }>("PRAGMA integrity_check(5)");
  if (found?.integrity_check !== "ok") throw new Error(`SQLite says: ${found?.integrity_check}`);
  if (all("SELECT name FROM sqlite_schema WHERE name = 'meta'").length === 0) return null;
  const commands = all<CommandInJournal>("SELECT id AS cmd, method, verdict FROM command");
  const events = `SELECT seq, at, type, job, body, hash FROM event WHERE seq > ${since} ORDER BY seq`;
  return {
    epoch: all<{ value: string }>("SELECT value FROM meta WHERE key = 'epoch'")[0]!.value,
    events: all<EventInJournal>(events),
    commands: new Map(commands.map((row) => [row.cmd, row])),
    jobs: all<JobInJournal>("SELECT number, id, ended, job FROM job ORDER BY number"),
  };
}
