/** The formats of the journal: a journal of an older one is brought up to date, step by step, in one transaction. */
import type { DatabaseSync } from "node:sqlite";
import type { Random } from "@trofie/reactor";
import { convertJobs } from "./earlier-jobs.ts";
import { sumOf, summed, type SummedTable } from "./row-sum.ts";

/** What each format adds to the one before it. */
const steps: readonly ((database: DatabaseSync, random: Random) => void)[] = [
  (database, random) => {
    database.exec(`
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE event (
        seq INTEGER PRIMARY KEY, at TEXT NOT NULL, type TEXT NOT NULL, job TEXT, body TEXT NOT NULL, hash TEXT NOT NULL
      ) STRICT;
      CREATE TABLE command (
        id TEXT PRIMARY KEY, digest TEXT NOT NULL, principal TEXT NOT NULL, method TEXT NOT NULL, verdict TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE job (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, ended INTEGER NOT NULL,
        job TEXT NOT NULL, plan TEXT NOT NULL, process TEXT
      ) STRICT;
      CREATE INDEX job_ended ON job (ended);
    `);
    const epoch = Buffer.from(random.bytes(16)).toString("hex");
    database.prepare("INSERT INTO meta VALUES ('epoch', ?)").run(epoch);
  },

  (database) =>
    database.exec(`
      CREATE TABLE admission (
        number INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, opened_ms INTEGER NOT NULL,
        seen_ms INTEGER NOT NULL
      ) STRICT;
    `),

  // Events keep their bodies, for they are chained: `first_seq` is the first whose body has today's shape.
  (database, random) => {
    database.exec(`
      INSERT INTO meta SELECT 'first_seq', coalesce(max(seq), 0) + 1 FROM event;
      DROP INDEX job_ended;
      ALTER TABLE job RENAME TO earlier_job;
      CREATE TABLE job (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, ended INTEGER NOT NULL,
        job TEXT NOT NULL, plan TEXT NOT NULL, seed TEXT NOT NULL, checkpoint TEXT, process TEXT,
        rests INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX job_ended ON job (ended);
    `);
    convertJobs(database, random);
    database.exec("DROP TABLE earlier_job");
  },

  addSums,
];

/** From here on every row says whether it is as it was written. */
function addSums(database: DatabaseSync): void {
  for (const table of Object.keys(summed) as SummedTable[]) {
    const { columns } = summed[table];
    const [key] = columns;
    database.exec(`ALTER TABLE ${table} ADD COLUMN sum TEXT NOT NULL DEFAULT ''`);
    const rows = database.prepare(`SELECT ${columns.join(", ")} FROM ${table}`).all();
    const update = database.prepare(`UPDATE ${table} SET sum = ? WHERE ${key} = ?`);
    for (const row of rows) {
      const values = columns.map((column) => row[column]!);
      update.run(sumOf(table, values), values[0]!);
    }
  }
}

/** The format that this program writes. */
export const format = steps.length;

/** Brings a journal of format `found` up to date, whole or not at all; 0 is an empty database. */
export function bringUpToDate(database: DatabaseSync, found: number, random: Random): void {
  database.exec("BEGIN IMMEDIATE");
  for (const step of steps.slice(found)) step(database, random);
  database.exec(`PRAGMA user_version = ${format}; COMMIT`);
}
