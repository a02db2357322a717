import { Refusal, StoreBroken } from "@trofie/commands";
import { seededRandom, VirtualClock } from "@trofie/reactor/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { Journal } from "./journal.ts";
import { MemoryMedium } from "./testing/memory-store.ts";

let medium: MemoryMedium;
let clock: VirtualClock;

beforeEach(() => {
  medium = new MemoryMedium(seededRandom(1));
  clock = new VirtualClock();
});

const open = (): Journal => new Journal(medium.open(), clock);
const command = { cmd: "c1", digest: "d", principal: "p", method: "m" };
const typesIn = (journal: Journal): string[] => journal.read(0, 100).map(({ type }) => type);

describe("a journal", () => {
  test("opened again has the same epoch, the same events, and goes on counting", () => {
    const first = open();
    first.commit(() => first.append("station.started", null, { version: "1" }));
    first.commit(() => first.append("job.accepted", "j", { ü: ["ä", 1] }));
    const { epoch, head } = first;
    const rows = first.read(0, 100);
    first.close();
    const second = open();
    expect([second.epoch, second.head]).toEqual([epoch, head]);
    expect(second.read(0, 100)).toEqual(rows);
    second.commit(() => second.append("job.ended", "j", {}));
    expect(second.lastSeq).toBe(3);
    expect(second.firstBrokenSeq()).toBeNull();
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
  });

  test("tells of a commit only when others can read it", () => {
    const journal = open();
    const seen: number[] = [];
    journal.onCommit = () => seen.push(journal.read(0, 10).length, journal.lastSeq);
    journal.commit(() => journal.append("job.accepted", "j", {}));
    expect(seen).toEqual([1, 1]);
  });

  test("shows whoever records the jobs as the commit leaves them, and everybody else those that are durable", () => {
    const journal = open();
    const row = {
      ended: false,
      job: "{}",
      plan: "{}",
      seed: "",
      checkpoint: null,
      process: null,
      rests: false,
    };
    journal.commit(() => journal.putJob({ ...row, number: journal.nextJobNumber(), id: "a" }));
    const numbers = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);
    journal.commit(() => {
      journal.putJob({ ...row, number: journal.nextJobNumber(), id: "b" });
      journal.putJob({ ...row, number: journal.nextJobNumber(), id: "c" });
      journal.putJob({ ...journal.job("a")!, ended: true });
      expect([journal.job("a")?.ended, numbers(journal.openJobs()), numbers(journal.jobsAfter(1))]).toEqual([
        true,
        ["b", "c"],
        ["b", "c"],
      ]);
      expect([...medium.rows.jobs.keys()]).toEqual([1]);
    });
    expect(numbers(journal.newestJobs(2))).toEqual(["c", "b"]);
  });

  test("returns a verdict as it was given, and refuses a second one", () => {
    const journal = open();
    journal.save(command, () => ({ result: { job: "j" } }));
    expect(journal.find("c1")).toEqual({ ...command, verdict: { result: { job: "j" } } });
    expect(() => journal.save(command, () => ({ result: {} }))).toThrow();
    expect(journal.find("c1")).toMatchObject({ verdict: { result: { job: "j" } } });
  });

  test("tells whoever watches of a command that was refused", () => {
    const journal = open();
    journal.save(command, () => ({ refused: { code: "JOB_ENDED", message: "Cannot", details: {} } }));
    expect(journal.read(0, 10)).toMatchObject([
      {
        type: "command.rejected",
        job: null,
        body: { cmd: "c1", method: "m", principal: "p", code: "JOB_ENDED", message: "Cannot" },
      },
    ]);
  });

  test.each([
    ["changed", () => medium.corrupt(2)],
    ["taken out", () => medium.rows.events.splice(1, 1)],
    ["made unreadable", () => (medium.rows.events[1] = { ...medium.rows.events[1]!, body: "{" })],
  ])("shows where an event was %s afterwards", (_, change) => {
    const journal = open();
    for (const job of ["a", "b", "c"]) journal.commit(() => journal.append("job.accepted", job, { job }));
    journal.close();
    change();
    expect(open().firstBrokenSeq()).toBe(2);
  });

  test("has one value for its events up to each number, and another one for any others", () => {
    const journal = open();
    for (const job of ["a", "b"]) journal.commit(() => journal.append("job.accepted", job, {}));
    const heads = [0, 1, 2].map((seq) => journal.headAt(seq));
    expect(heads).toEqual([journal.epoch, ...journal.read(0, 2).map(({ head }) => head)]);
    expect([journal.head, journal.headAt(3)]).toEqual([heads[2], undefined]);
    expect(new Set(heads).size).toBe(3);
  });
});

describe("a journal whose medium is full", () => {
  const add = (journal: Journal): void => journal.commit(() => journal.append("job.accepted", "j", {}));

  test("says so once, refuses what can be sent again, and tells in an event when it can write", async () => {
    const journal = open();
    const said: string[] = [];
    journal.onFull = ({ code }) => said.push(code);
    for (const times of [1, 2]) {
      medium.isFull = true;
      for (let i = 0; i < 3; i += 1) expect(() => add(journal)).toThrow(Refusal);
      expect(said).toHaveLength(times);
      await clock.advance(1_000);
      medium.isFull = false;
      add(journal);
    }
    expect(typesIn(journal)).toEqual([
      "job.accepted",
      "journal.writable",
      "job.accepted",
      "journal.writable",
    ]);
    expect(journal.read(1, 1)[0]!.body).toEqual({ fullSince: "2026-01-01T00:00:00.000Z" });
    expect(journal.firstBrokenSeq()).toBeNull();
  });

  test("takes how a job has ended into the room that was set aside, and does not call that room", () => {
    const journal = open();
    expect(journal.setReserveAside()).toBe(true);
    medium.isFull = true;
    journal.commitAtAnyCost(() => journal.append("job.ended", "j", {}));
    expect(() => add(journal)).toThrow(Refusal);
    journal.commitAtAnyCost(() => journal.append("job.ended", "k", {}));
    expect(typesIn(journal)).toEqual(["job.ended", "job.ended"]);
    medium.isFull = false;
    add(journal);
    expect(typesIn(journal)).toEqual(["job.ended", "job.ended", "job.accepted", "journal.writable"]);
    medium.isFull = true;
    journal.commitAtAnyCost(() => journal.append("job.ended", "k", {}));
  });

  test("refuses even that when nothing was set aside", () => {
    const journal = open();
    medium.isFull = true;
    expect(() => journal.commitAtAnyCost(() => journal.append("job.ended", "j", {}))).toThrow(Refusal);
  });
});

test("a journal that somebody else holds for a moment refuses what can be sent again", () => {
  const journal = open();
  medium.isBusy = true;
  expect(() => journal.commit(() => journal.append("job.ended", "j", {}))).toThrow(Refusal);
  medium.isBusy = false;
  journal.commit(() => journal.append("job.ended", "j", {}));
  expect(typesIn(journal)).toEqual(["job.ended"]);
});

test("a journal whose flush has failed publishes nothing and tries nothing again", () => {
  const journal = open();
  const published: number[] = [];
  journal.onCommit = () => published.push(journal.lastSeq);
  medium.failsNextFlush = true;
  for (let times = 0; times < 2; times += 1)
    expect(() => journal.commit(() => journal.append("job.ended", "j", {}))).toThrow(StoreBroken);
  expect([published, journal.lastSeq]).toEqual([[], 0]);
});
