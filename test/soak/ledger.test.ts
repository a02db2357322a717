/** The ledger and the verdict notice what they are there for. */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { beforeEach, describe, expect, test } from "vitest";
import { Chain } from "./chain.ts";
import type { Answer } from "./facts.ts";
import type { EventInJournal, JobInJournal, JournalRows } from "./journal-copy.ts";
import { Ledger, type Client, type Life } from "./ledger.ts";
import { judgeAtRest, judgeWhatWasTold } from "./verdict.ts";

const epoch = "0".repeat(32);

/** Rows as a station would have left them, to be spoilt. */
class Journal implements JournalRows {
  readonly epoch = epoch;
  readonly events: EventInJournal[] = [];
  readonly commands = new Map<string, { cmd: string; method: string; verdict: string }>();
  readonly jobs: JobInJournal[] = [];

  accept(cmd: string, job: string): void {
    const verdict = JSON.stringify({ result: { job } });
    this.commands.set(cmd, { cmd, method: "erase.start", verdict });
    this.jobs.push({ number: this.jobs.length + 1, id: job, ended: 1, job: jobText(job, "erased") });
    this.append("job.accepted", job);
    this.append("job.ended", job);
  }

  append(type: string, job: string): void {
    const row = { seq: this.events.length + 1, at: "2026-11-26T00:00:00.000Z", type, job, body: { id: job } };
    const head = this.events.at(-1)?.hash ?? epoch;
    const hash = createHash("sha256").update(head).update(canonicalize(row)!).digest("hex");
    this.events.push({ ...row, body: JSON.stringify(row.body), hash });
  }
}

function jobText(id: string, state: string): string {
  return JSON.stringify({ id, kind: "erase", state, report: null });
}

const accepted = (job: string): Answer => ({ result: { job } });

let ledger: Ledger;
let journal: Journal;
let desk: Client;
let life: Life;

/** Somebody has an erase carried out, and hears all that comes of it. */
function eraseOnce(cmd: string, job: string): void {
  journal.accept(cmd, job);
  give(cmd, accepted(job));
  for (const row of journal.events.slice(-2)) hear(row);
}

function give(cmd: string, answer: Answer): void {
  ledger.take(life, { is: "asked", method: "erase.start" });
  ledger.take(life, { is: "saved", cmd });
  ledger.take(life, { is: "sent", cmd, method: "erase.start", params: { cmd } });
  ledger.take(life, { is: "answered", cmd, answer });
}

function hear({ hash, body, ...row }: EventInJournal, of = life): void {
  ledger.take(of, { is: "heard", row: { ...row, head: hash, body: JSON.parse(body) as unknown } });
}

/** All that did not hold, each by its kind and what names it. */
function breaches(): string[] {
  const toldSeq = journal.events.length;
  const found = [
    ...ledger.breaches,
    ...judgeWhatWasTold(ledger, journal),
    ...judgeAtRest(ledger, journal, toldSeq),
  ];
  return found.map(({ kind, what }) => `${kind}: ${what}`);
}

beforeEach(() => {
  ledger = new Ledger();
  journal = new Journal();
  desk = { name: "desk", way: "unix", hasOutbox: true };
  life = ledger.born(desk);
  ledger.take(life, { is: "snapshot", seq: 0 });
  eraseOnce("c1", "j1");
  eraseOnce("c2", "j2");
});

test("nothing is found where all holds, an answer that came twice included", () => {
  ledger.answered("c1", { result: { job: "j1", replayed: true } });
  expect(breaches()).toEqual([]);
  expect(ledger.replayed).toBe(1);
});

describe("lost is", () => {
  test("a command that was answered, and is not in the journal", () => {
    journal.commands.delete("c1");
    expect(breaches()).toContain(
      `lost: erase.start c1 was answered {"result":{"job":"j1"}}, and is not in the journal`,
    );
  });

  test("a command that was kept to be sent, and never was", () => {
    ledger.take(life, { is: "saved", cmd: "c3" });
    expect(breaches()).toEqual(["lost: c3 was kept to be sent, and never was"]);
  });

  test("a command that was sent, and never answered", () => {
    journal.accept("c3", "j3");
    for (const row of journal.events.slice(-2)) hear(row);
    ledger.take(life, { is: "asked", method: "erase.start" });
    ledger.take(life, { is: "saved", cmd: "c3" });
    ledger.take(life, { is: "sent", cmd: "c3", method: "erase.start", params: {} });
    expect(breaches()).toEqual(["lost: erase.start c3 of desk was never answered"]);
  });

  test("a command that was sent before it was kept", () => {
    ledger.take(life, { is: "sent", cmd: "c3", method: "erase.start", params: {} });
    expect(breaches()[0]).toBe("lost: desk sent erase.start c3, which it would not remember");
  });

  test("a job that was accepted, and is not there", () => {
    journal.jobs.shift();
    expect(breaches()).toContain("lost: c1 was accepted as j1, and there is no such job");
  });

  test("a job that comes to no end", () => {
    journal.jobs[0] = { ...journal.jobs[0]!, job: jobText("j1", "running") };
    expect(breaches()).toContain("lost: j1 has come to no end: it is running");
  });

  test("an event that a watcher did not hear, though it heard the next one", () => {
    journal.append("job.paused", "j1");
    journal.append("job.resumed", "j1");
    hear(journal.events[5]!);
    expect(breaches()).toEqual(["lost: desk heard event 6 where 5 was due"]);
  });

  test("the newest event that a watcher did not hear", () => {
    journal.append("job.paused", "j1");
    expect(breaches()).toEqual(["lost: desk was to hear 5 events, and the next that it waits for is 5"]);
  });

  test("an event that was heard, and is not in the journal", () => {
    journal.append("job.paused", "j1");
    hear(journal.events[4]!);
    journal.events.pop();
    expect(breaches()).toEqual(["lost: event 5 was heard, and is not in the journal"]);
  });
});

describe("doubled is", () => {
  test("a job of which two commands are told", () => {
    journal.commands.set("c2", { cmd: "c2", method: "erase.start", verdict: JSON.stringify(accepted("j1")) });
    expect(breaches()).toContain("doubled: erase.start c2 and c1 have the same job j1");
  });

  test("a second job of one command", () => {
    journal.jobs.push({ number: 3, id: "j3", ended: 1, job: jobText("j3", "erased") });
    expect(breaches()).toContain("doubled: j3 is a job that no command has ordered");
  });

  test("a second command of one wish", () => {
    journal.accept("c3", "j3");
    for (const row of journal.events.slice(-2)) hear(row);
    ledger.take(life, { is: "saved", cmd: "c3" });
    ledger.take(life, { is: "sent", cmd: "c3", method: "erase.start", params: {} });
    ledger.take(life, { is: "answered", cmd: "c3", answer: accepted("j3") });
    expect(breaches()).toEqual(["doubled: desk made 3 commands of 2 wishes"]);
  });

  test("a job that ends twice", () => {
    journal.append("job.ended", "j1");
    hear(journal.events[4]!);
    expect(breaches()).toEqual(["doubled: j1 has 2 events job.ended"]);
  });

  test("an event that is heard again", () => {
    hear(journal.events[3]!);
    expect(breaches()).toEqual(["doubled: desk heard event 4 again"]);
  });

  test("a job of which two wishes are told, but not one of which a client is told again in its next life", () => {
    ledger.take(life, { is: "told", job: "j1" });
    const next = ledger.born(desk);
    ledger.take(next, { is: "snapshot", seq: 4 });
    ledger.take(next, { is: "told", job: "j1" });
    expect(breaches()).toEqual([]);
    ledger.take(next, { is: "told", job: "j1" });
    expect(breaches()).toEqual(["doubled: desk was told of j1, of which desk had been told"]);
  });
});

describe("corrupt is", () => {
  test("an answer that is another one when it is asked for again", () => {
    ledger.answered("c1", { result: { job: "j2", replayed: true } });
    expect(breaches()).toEqual([
      `corrupt: erase.start c1 was answered {"result":{"job":"j1"}}, then {"result":{"job":"j2"}}`,
    ]);
  });

  test("an answer that is another one in the journal", () => {
    const refused = { code: "DEVICE_IN_USE", message: "no", details: {} };
    journal.commands.set("c1", { cmd: "c1", method: "erase.start", verdict: JSON.stringify({ refused }) });
    expect(breaches().some((what) => what.startsWith("corrupt: erase.start c1 was answered"))).toBe(true);
  });

  test("an event that is another one in the journal", () => {
    journal.events[1] = { ...journal.events[1]!, body: "{}" };
    expect(breaches()).toEqual([expect.stringMatching(/^corrupt: event 2 was heard as /)]);
  });

  test("an end that is another one than was told", () => {
    ledger.take(life, { is: "told the end", job: "j1", state: "stopped" });
    expect(breaches()).toEqual(["corrupt: j1 was told to be stopped, and is erased"]);
  });

  test("an erase that fails on a healthy disk", () => {
    journal.jobs[0] = { ...journal.jobs[0]!, job: jobText("j1", "failed") };
    expect(breaches()).toEqual([expect.stringMatching(/^corrupt: j1 has a healthy disk, and is failed/)]);
  });

  test("a snapshot for whoever could have gone on", () => {
    ledger.take(life, { is: "snapshot", seq: 4 });
    expect(breaches()).toEqual(["corrupt: desk had read to 4, and was sent a snapshot of 4"]);
  });

  test("a mistake of the station's", () => {
    const answer = {
      error: { message: "see its log", data: { code: "INTERNAL", final: true, recorded: true } },
    };
    ledger.take(life, { is: "sent", cmd: "c3", method: "job.stop", params: {} });
    ledger.answered("c3", answer);
    expect(breaches()).toContain(
      `corrupt: job.stop c3 was answered {"refused":{"code":"INTERNAL","message":"see its log"}}`,
    );
  });
});

describe("the chain of events", () => {
  test("is followed to its end, in one go or in two", () => {
    const chain = new Chain(epoch);
    expect(chain.follow(journal.events.slice(0, 2))).toBe(null);
    expect(chain.follow(journal.events.slice(2))).toBe(null);
    expect([chain.seq, chain.head]).toEqual([4, journal.events[3]!.hash]);
  });

  test("breaks at a row that was changed, and at one that was taken out", () => {
    const [first, second, third] = journal.events;
    expect(new Chain(epoch).follow([first!, { ...second!, at: "later" }, third!])).toBe(2);
    expect(new Chain(epoch).follow([first!, third!])).toBe(2);
  });
});
