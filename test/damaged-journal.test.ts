/** A real station whose journal is damaged, on its real disk: it says so, and begins anew only when it is told to. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { jsonLines, Workplace } from "./steps/station-process.ts";

const MiB = 1024 * 1024;

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});

afterEach(() => place[Symbol.asyncDispose]());

const journal = (): string => join(place.state, "journal.sqlite");

/** Leaves a journal with a job in it. */
async function livedOnce(): Promise<string> {
  place.practiceDisk("one", MiB);
  const { station } = await place.start();
  const job = await place.startWork("erase", "one", "--method", "zero", "--confirm", "one", "--wait");
  station.kill("SIGTERM");
  await once(station, "exit");
  return job;
}

function damage(): void {
  const database = new DatabaseSync(journal());
  database.exec("UPDATE job SET job = replace(job, 'erased', 'failed')");
  database.close();
}

describe("a station whose journal is damaged", () => {
  test("does not start, and says where, and what to do", async () => {
    await livedOnce();
    damage();
    const { code, stderr } = await place.stationEnds("--json");
    expect(code).toBe(1);
    const { error } = JSON.parse(stderr) as { error: { message: string } };
    expect(error.message).toContain(`Cannot use ${journal()}: it is damaged: the row 1 of table job`);
    expect(error.message).toContain("--recover");
  });

  test("told to recover puts it aside, begins a new one that says so, and knows no job of before", async () => {
    const job = await livedOnce();
    damage();
    const before = readFileSync(journal());
    const { station } = await place.start("--recover");
    const [aside, ...more] = readdirSync(place.state).filter((name) => name.includes("damaged"));
    expect([aside, more]).toEqual(["journal.sqlite.damaged-1", []]);
    expect(readFileSync(join(place.state, aside!))).toEqual(before);
    const { code, stderr } = await place.trofie("job", job, "--json");
    expect([code === 0, stderr]).toEqual([false, expect.stringContaining("JOB_NOT_FOUND") as string]);
    station.kill("SIGTERM");
    await once(station, "exit");
    const database = new DatabaseSync(journal(), { readOnly: true });
    const events = database.prepare("SELECT type, body FROM event ORDER BY seq LIMIT 2").all();
    database.close();
    expect(events.map(({ type }) => type)).toEqual(["journal.replaced", "station.started"]);
    expect(JSON.parse(String(events[0]!.body))).toEqual({ putAside: aside });
  });

  test("is told to recover in vain when it is whole, or not there", async () => {
    expect((await place.stationEnds("--recover")).stderr).toContain("there is no such journal");
    await livedOnce();
    const { code, stderr } = await place.stationEnds("--recover");
    expect([code, stderr]).toEqual([1, expect.stringContaining("it is not damaged") as string]);
  });

  test("that is no database at all is refused in one sentence", async () => {
    await livedOnce();
    writeFileSync(journal(), "nonsense ".repeat(1_000));
    const { code, stderr } = await place.stationEnds();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Cannot use \S+: it is damaged: file is not a database; [^\n]+\n$/);
  });
});

/** As good as a disk that fails: every write is answered EFBIG, which SQLite takes for an error of the disk. */
test("a station whose disk fails under its journal ends with 70, and the next one carries out what was asked", async () => {
  place.practiceDisk("one", MiB);
  const { station } = await place.start();
  expect(spawnSync("prlimit", ["--pid", String(station.pid), "--fsize=0"]).status).toBe(0);
  let log = "";
  station.stderr!.on("data", (data: Buffer) => (log += data.toString()));
  const erasing = place.trofie("erase", "one", "--method", "zero", "--confirm", "one", "--wait", "--json");
  expect(await once(station, "exit")).toEqual([70, null]);
  expect(log).toMatch(/^\S+ Cannot use \S+journal.sqlite any more: disk I\/O error\n$/);
  await place.start();
  const { code, stdout } = await erasing;
  expect(code).toBe(0);
  expect(stdout).toContain(`"erased"`);
  const { jobs } = JSON.parse((await place.trofie("jobs", "--json")).stdout) as { jobs: unknown[] };
  expect(jobs).toHaveLength(1);
});

test("a station that a supervisor ends tells its watchers that it comes back", async () => {
  const { station } = await place.start();
  const watching = place.spawnTrofie(["watch", "--json"]);
  const lines = jsonLines(watching);
  const next = async (isIt: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error("the watcher has ended");
      if (isIt(value)) return value;
    }
  };
  await next((line) => "snapshot" in line);
  station.kill("SIGTERM");
  const waiting = await next(({ connection }) => (connection as { kind?: string })?.kind === "waiting");
  const { retryInMs } = waiting.connection as { retryInMs: number };
  expect(retryInMs).toBeGreaterThanOrEqual(500);
  expect(retryInMs).toBeLessThanOrEqual(750);
});
