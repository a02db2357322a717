import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { seededRandom, VirtualClock } from "@trofie/reactor/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StartError } from "./start-error.ts";
import { Journal } from "./journal.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trofie-journal-"));
  path = join(folder, "journal.sqlite");
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = (): Journal => new Journal(path, { clock: new VirtualClock(), random: seededRandom(1) });
const command = { cmd: "c1", digest: "d", principal: "p", method: "m" };

describe("a journal", () => {
  test("opened again has the same epoch, the same events, and goes on counting", () => {
    const first = open();
    first.commit(() => first.append("station.started", null, { version: "1" }));
    first.commit(() => first.append("job.accepted", "j", { ü: ["ä", 1] }));
    const { epoch } = first;
    const rows = first.read(0, 100);
    first.close();
    const second = open();
    expect(second.epoch).toBe(epoch);
    expect(second.read(0, 100)).toEqual(rows);
    second.commit(() => second.append("job.ended", "j", {}));
    expect(second.lastSeq).toBe(3);
    expect(second.firstBrokenSeq()).toBeNull();
    second.close();
  });

  test("keeps all of a commit or none of it", () => {
    const journal = open();
    expect(() =>
      journal.save(command, () => {
        journal.append("job.accepted", "j", {});
        throw new Error("in the middle");
      }),
    ).toThrow("in the middle");
    expect(journal.lastSeq).toBe(0);
    expect(journal.find("c1")).toBeUndefined();
    journal.commit(() => journal.append("job.accepted", "j", {}));
    expect(journal.read(0, 10)).toHaveLength(1);
    expect(journal.firstBrokenSeq()).toBeNull();
    journal.close();
  });

  test("tells of a commit only when others can read it", () => {
    const journal = open();
    const seen: number[] = [];
    journal.onCommit = () => seen.push(journal.read(0, 10).length, journal.lastSeq);
    journal.commit(() => journal.append("job.accepted", "j", {}));
    expect(seen).toEqual([1, 1]);
    journal.close();
  });

  test("returns a verdict as it was given, and refuses a second one", () => {
    const journal = open();
    journal.save(command, () => ({ result: { job: "j" } }));
    expect(journal.find("c1")).toEqual({ ...command, verdict: { result: { job: "j" } } });
    expect(() => journal.save(command, () => ({ result: {} }))).toThrow();
    expect(journal.find("c1")).toMatchObject({ verdict: { result: { job: "j" } } });
    journal.close();
  });

  test.each([
    ["changed", "UPDATE event SET body = '{}' WHERE seq = 2"],
    ["taken out", "DELETE FROM event WHERE seq = 2"],
  ])("shows where an event was %s afterwards", (_, sql) => {
    const journal = open();
    for (const job of ["a", "b", "c"]) journal.commit(() => journal.append("job.accepted", job, { job }));
    journal.close();
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    const again = open();
    expect(again.firstBrokenSeq()).toBeLessThanOrEqual(3);
    expect(again.firstBrokenSeq()).toBeGreaterThanOrEqual(2);
    again.close();
  });

  test("of another process cannot be opened", () => {
    const journal = open();
    const program = `
      import { Journal } from ${JSON.stringify(new URL("journal.ts", import.meta.url).href)};
      try { new Journal(process.argv[1], {}) } catch (error) { console.log(error.message) }`;
    const args = ["--conditions=trofie-source", "--input-type=module", "-e", program, path];
    const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(stdout).toContain("another station is using this state folder");
    journal.close();
  });

  test("of a newer format is refused", () => {
    open().close();
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(open).toThrow(StartError);
    expect(open).toThrow("it has format 99");
  });

  test("says once that its disk is full, and again only after it was not", () => {
    const journal = open();
    const said: string[] = [];
    journal.onFull = ({ message }) => said.push(message);
    const add = (): void => journal.commit(() => journal.append("job.accepted", "j", "x".repeat(50_000)));
    const fill = (): void => {
      for (let i = 0; i < 3; i += 1) expect(add).toThrow("the disk of the state folder is full");
    };
    const pages = journal.one<{ page_count: number }>("PRAGMA page_count")!.page_count;
    const most = (count: number): unknown => journal.all(`PRAGMA max_page_count = ${count}`);
    most(pages + 2);
    fill();
    most(pages + 1_000);
    add();
    most(1);
    fill();
    expect(said).toHaveLength(2);
    journal.close();
  });

  test("that is no journal is refused", () => {
    spawnSync("sh", ["-c", `yes nonsense | head -c 100000 > ${path}`]);
    expect(open).toThrow(StartError);
  });
});
