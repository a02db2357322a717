import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Job, Plan } from "@trofie/contract";
import { seededRandom, VirtualClock } from "@trofie/reactor/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Jobs } from "./jobs.ts";
import { Journal } from "./journal.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { StationInMemory } from "./testing/station-in-memory.ts";

/**
 * Written by the last station that had format 2, with one job of each state and outcome: erased, failed with bytes that
 * differ, failed by a crash, stopped, interrupted, running, queued behind that, and told to stop while it ran.
 */
const sql = readFileSync(new URL("testing/journal-of-format-2.sql", import.meta.url), "utf8");

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trofie-journal-"));
  path = join(folder, "journal.sqlite");
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = (): Journal => new Journal(openSqliteStore(path, seededRandom(1)), new VirtualClock());

function writeEarlier(at: string, more = ""): void {
  const database = new DatabaseSync(at);
  database.exec(`${sql} ${more}`);
  database.close();
}

describe.each([
  ["2", ""],
  [
    "1",
    "DROP TABLE admission; UPDATE job SET job = json_remove(job, '$.stopAskedAt'); PRAGMA user_version = 1;",
  ],
])("a journal of format %s", (_, more) => {
  test("is brought up to date once, goes on, and shows nobody events of the earlier shape", () => {
    writeEarlier(path, more);
    const first = open();
    expect([first.lastSeq, first.firstSeq, first.firstBrokenSeq()]).toEqual([32, 33, null]);
    expect(first.admissions()).toEqual([]);
    const jobs = new Jobs(first).newest(100);
    const rows = first.newestJobs(100);
    first.close();
    const second = open();
    expect(new Jobs(second).newest(100)).toEqual(jobs);
    expect(second.newestJobs(100)).toEqual(rows);
    second.commit(() => second.append("station.started", null, { version: "1" }));
    expect([second.lastSeq, second.firstSeq, second.firstBrokenSeq()]).toEqual([33, 33, null]);
    second.close();
  });

  test("has every job and every plan in today's shape", () => {
    writeEarlier(path, more);
    const journal = open();
    const jobs = new Jobs(journal);
    const all = jobs.newest(100);
    expect(all).toHaveLength(8);
    for (const job of all) {
      expect(Job.parse(job)).toEqual(job);
      expect(Plan.parse(jobs.plan(job.id))).toMatchObject({ kind: "erase", passes: [{ write: "00" }] });
      expect(jobs.order(job.id)).toMatchObject({ job: job.id, checkpoint: null });
      expect(jobs.order(job.id).seedHex).toMatch(/^[0-9a-f]{64}$/);
    }
    journal.close();
  });
});

describe("a journal of an earlier format", () => {
  test("keeps what was found out, and says what was not kept", () => {
    writeEarlier(path);
    const journal = open();
    const [erased, differing, crashed, stopped] = new Jobs(journal).newest(100).toReversed();
    const verification = {
      kind: "full",
      bytesRead: 1_048_576,
      mismatchedBytes: 0,
      unreadableBytes: 0,
      evidence: true,
      durationMs: 5,
    };
    const pass = {
      kind: "overwrite",
      fill: { kind: "pattern", hex: "00" },
      bytesWritten: 1_048_576,
      rewrittenBytes: 0,
      durationMs: 10,
      generatingMs: 0,
      verification,
    };
    const found = { kind: "erase", warnings: [], directIo: true, faulty: [], resumptions: [] };
    expect(erased).toMatchObject({ state: "erased", title: "Zeros", why: null });
    expect(erased!.report).toEqual({
      outcome: "erased",
      message: "Every byte was written and read back",
      durationMs: 17,
      findings: { ...found, passes: [pass], faultyBytes: 0, rangesCut: false },
    });
    expect(differing!.report?.findings).toEqual({
      ...found,
      passes: [{ ...pass, verification: { ...verification, mismatchedBytes: 512 } }],
      faultyBytes: 512,
      rangesCut: true,
    });
    expect(crashed).toMatchObject({ state: "failed", report: { findings: null } });
    expect(stopped).toMatchObject({ state: "stopped", stopAskedAt: expect.any(String) as string });
    journal.close();
  });

  test("stays as it was when there is no room to bring it up to date", () => {
    writeEarlier(path);
    const tables = (): unknown => {
      const database = new DatabaseSync(path);
      const found = database.prepare("SELECT name FROM sqlite_schema ORDER BY name").all();
      const version = database.prepare("PRAGMA user_version").get();
      database.close();
      return [found, version];
    };
    const before = tables();
    const failing = {
      bytes: () => {
        throw new Error("the power fails");
      },
      number: () => 0,
    };
    expect(() => openSqliteStore(path, failing)).toThrow("the power fails");
    expect(tables()).toEqual(before);
  });
});

describe("a station that starts with it", () => {
  test("goes on with what was at work, ends what was told to stop, and lets what was interrupted rest", async () => {
    const world = await StationInMemory.open();
    await world.stop();
    for (const end of ["", "-wal", "-shm"])
      rmSync(join(world.statePath, `journal.sqlite${end}`), { force: true });
    writeEarlier(join(world.statePath, "journal.sqlite"));
    world.host.add("/dev/c");
    world.host.add("/dev/d");
    await world.start();
    await world.pass();
    const client = world.client();
    const { jobs } = await world.run(client.query("job.list", { limit: 4 }));
    expect(jobs.toReversed().map(({ state, why }) => [state, why])).toEqual([
      ["interrupted", "An earlier version of the station has left it so"],
      ["running", null],
      ["queued", null],
      ["stopped", null],
    ]);
    const { job } = await world.run(client.command("job.resume", { job: jobs[3]!.id }));
    expect(job.state).toBe("queued");
    await world.close();
    expect(world.errors).toEqual([]);
  });
});
