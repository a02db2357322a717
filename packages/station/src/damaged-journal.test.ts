/** A journal that the medium, or a hand, has done something to: it is used as it was written, or refused in a sentence. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { seededRandom, VirtualClock } from "@trofie/reactor/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { wholeJournal } from "./core.ts";
import { Journal } from "./journal.ts";
import { putAsideDamaged, putAsideName } from "./put-aside.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { DamagedError, StartError } from "./start-error.ts";

let folder: string;
let path: string;
const clock = new VirtualClock();
const world = { clock, random: seededRandom(1) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trofie-damaged-"));
  path = join(folder, "journal.sqlite");
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = (): Journal => new Journal(openSqliteStore(path, seededRandom(1)), clock);

/** All that a journal tells anybody. */
function told(journal: Journal): unknown {
  const commands = Array.from({ length: 40 }, (_, i) => journal.find(`cmd-${i}`));
  const jobs = journal.newestJobs(100);
  return [journal.epoch, journal.firstSeq, journal.read(0, 1_000), commands, jobs, journal.admissions()];
}

/** A journal with something of everything. Returns what it tells. */
function write(): unknown {
  const journal = open();
  for (let i = 0; i < 40; i += 1)
    journal.save(
      { cmd: `cmd-${i}`, digest: `digest-${i}`, principal: "local", method: "erase.start" },
      () => {
        const number = journal.nextJobNumber();
        const job = JSON.stringify({
          id: `j_${i}`,
          serial: `SERIAL-${i}`,
          state: i % 2 ? "erased" : "running",
        });
        const more = { plan: `{"n":${i}}`, seed: "ab", checkpoint: null, process: null, rests: false };
        journal.putJob({ number, id: `j_${i}`, ended: i % 2 === 1, job, ...more });
        journal.append("job.accepted", `j_${i}`, JSON.parse(job));
        return { result: { job: `j_${i}` } };
      },
    );
  journal.commit(() => journal.putAdmission({ number: 1, fingerprint: "f", openedMs: 1, seenMs: 1 }));
  const all = told(journal);
  journal.close();
  return all;
}

/** What a start makes of it: all that it tells, or the sentence with which it refuses. */
function start(): { told: unknown } | { refused: StartError } {
  try {
    const store = openSqliteStore(path, seededRandom(2));
    try {
      return { told: told(wholeJournal(store, clock)) };
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return { refused: error };
  }
}

describe("a journal with a byte that was changed", () => {
  test("anywhere tells all as it was, or is refused as damaged", () => {
    const before = write();
    const whole = readFileSync(path);
    const random = seededRandom(3);
    let refused = 0;
    for (let times = 0; times < 400; times += 1) {
      const bytes = Buffer.from(whole);
      // Every byte of the header, then some of each part of the file.
      const at = times < 100 ? times : Math.floor(random.number() * bytes.length);
      bytes[at]! ^= 1 << (times % 8);
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      writeFileSync(path, bytes);
      const outcome = start();
      if ("told" in outcome) expect([at, outcome.told]).toEqual([at, before]);
      else {
        refused += 1;
        expect(outcome.refused.message).toMatch(/^Cannot (use|open|bring) [^\n]+[^.\n]$/);
        expect(outcome.refused.message).toContain(path);
      }
    }
    expect(refused).toBeGreaterThan(100);
  });

  test.each([
    ["an event", "UPDATE event SET body = '{}' WHERE seq = 7", "event 7 does not follow"],
    ["the number of an event", "UPDATE event SET seq = 70 WHERE seq = 7", "event 7 does not follow"],
    ["a verdict", "UPDATE command SET verdict = '{}' WHERE id = 'cmd-3'", `row "cmd-3" of table command`],
    [
      "the id of a command",
      "UPDATE command SET id = 'cmd-x' WHERE id = 'cmd-3'",
      `row "cmd-x" of table command`,
    ],
    ["a job", "UPDATE job SET ended = 1 - ended WHERE number = 5", "row 5 of table job"],
    ["a seed", "UPDATE job SET seed = 'aa' WHERE number = 5", "row 5 of table job"],
    ["a session", "UPDATE admission SET opened_ms = 2", "row 1 of table admission"],
    ["the epoch", "UPDATE meta SET value = '0' WHERE key = 'epoch'", `row "epoch" of table meta`],
    [
      "where events begin",
      "UPDATE meta SET value = '9' WHERE key = 'first_seq'",
      `row "first_seq" of table meta`,
    ],
    ["the format", "PRAGMA user_version = 0", "already exists"],
    ["no epoch", "DELETE FROM meta WHERE key = 'epoch'", "it does not say which journal it is"],
  ])("in %s is refused, and it says where", (_, sql, where) => {
    write();
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    const { refused } = start() as { refused: StartError };
    expect(refused).toBeInstanceOf(DamagedError);
    expect(refused.message).toContain(where);
    expect(refused.message).toContain("--recover");
  });
});

test("a copy of a journal that was cut short tells all as it was, or is refused", () => {
  const before = write();
  const whole = statSync(path).size;
  copyFileSync(path, join(folder, "whole"));
  for (let size = whole; size >= 0; size -= 1_024 + (size % 37)) {
    copyFileSync(join(folder, "whole"), path);
    truncateSync(path, size);
    const outcome = start();
    // Of a database of no bytes SQLite makes a new one: it has another epoch, and that is told.
    if ("told" in outcome && size > 0) expect([size, outcome.told]).toEqual([size, before]);
    if ("told" in outcome && size === 0) expect(outcome.told).not.toEqual(before);
    for (const end of ["-wal", "-shm"]) rmSync(path + end, { force: true });
  }
});

test("what a killed station has left goes back to a commit, whatever became of the end of its log", () => {
  const journal = open();
  const seqs: number[] = [];
  for (let i = 1; i <= 50; i += 1) journal.commit(() => journal.append("job.accepted", "j", { i }));
  const wal = readFileSync(`${path}-wal`);
  const database = readFileSync(path);
  journal.close();
  for (let size = wal.length; size >= 0; size -= 997) {
    writeFileSync(path, database);
    writeFileSync(`${path}-wal`, wal.subarray(0, size));
    const again = wholeJournal(openSqliteStore(path, seededRandom(1)), clock);
    expect(again.read(0, 100).map(({ body }) => (body as { i: number }).i)).toEqual(
      Array.from({ length: again.lastSeq }, (_, i) => i + 1),
    );
    seqs.push(again.lastSeq);
    again.close();
  }
  expect(seqs[0]).toBe(50);
  expect(seqs).toEqual(seqs.toSorted((a, b) => b - a));
});

test("the journal of another process cannot be opened, nor put aside", () => {
  const journal = open();
  const program = `
    import { openSqliteStore } from ${JSON.stringify(new URL("sqlite-store.ts", import.meta.url).href)};
    import { putAsideDamaged } from ${JSON.stringify(new URL("put-aside.ts", import.meta.url).href)};
    for (const use of [openSqliteStore, putAsideDamaged])
      try { use(process.argv[1], {}) } catch (error) { console.log(error.message) }`;
  const args = ["--conditions=trofie-source", "--input-type=module", "-e", program, path];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stdout.match(/another station is using this state folder/g)).toHaveLength(2);
  journal.close();
});

test("a journal of a newer format is refused, and not put aside", () => {
  open().close();
  const database = new DatabaseSync(path);
  database.exec("PRAGMA user_version = 99");
  database.close();
  const { refused } = start() as { refused: StartError };
  expect(refused.message).toContain("it has format 99");
  expect(refused).not.toBeInstanceOf(DamagedError);
  expect(() => putAsideDamaged(path, world)).toThrow("it has format 99");
});

describe("putting a damaged journal aside", () => {
  const damage = (): void => writeFileSync(path, "yes nonsense ".repeat(10_000));

  test("keeps it under a new name, each one under its own", () => {
    for (const number of [1, 2]) {
      damage();
      putAsideDamaged(path, world);
      const name = `journal.sqlite.damaged-${number}`;
      expect(putAsideName(path)).toBe(name);
      expect(readFileSync(join(folder, name), "utf8")).toMatch(/^yes nonsense/);
      expect(existsSync(path)).toBe(false);
      open().close();
      rmSync(path);
    }
  });

  test("does nothing to one that is whole, or not there", () => {
    expect(() => putAsideDamaged(path, world)).toThrow("there is no such journal");
    write();
    expect(() => putAsideDamaged(path, world)).toThrow("it is not damaged");
    expect([existsSync(path), putAsideName(path)]).toEqual([true, null]);
  });
});
