/** A dead station's media, as a real journal leaves them, and spoilt in one place each time. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Job } from "@trofie/contract";
import { systemClock, systemRandom } from "@trofie/reactor";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Journal } from "../../packages/station/src/journal.ts";
import { openSqliteStore } from "../../packages/station/src/sqlite-store.ts";
import { Autopsy } from "./autopsy.ts";
import { Figures } from "./figures.ts";
import { Ledger } from "./ledger.ts";
import { Place } from "./place.ts";

const sizeBytes = 32_768;

let folder: string;
let place: Place;
let ledger: Ledger;
let figures: Figures;
let autopsy: Autopsy;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trofie-soak-"));
  place = new Place(folder, [sizeBytes]);
  mkdirSync(place.reports, { recursive: true });
  path = place.disks[0]!;
  ledger = new Ledger();
  figures = new Figures();
  autopsy = new Autopsy(place, ledger, figures);
  leaveOneErased();
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A station has erased the first disk with 5a a5, told nobody, and died. */
function leaveOneErased(): void {
  const fill = { kind: "pattern", hex: "5aa5" };
  const findings = { kind: "erase", passes: [{ kind: "overwrite", fill }], resumptions: [] };
  const job = { id: "j_1", kind: "erase", state: "erased", path, startedAt: "then", identity: { sizeBytes } };
  const text = JSON.stringify({ ...job, report: { findings } });
  const more = { plan: "{}", seed: "", checkpoint: null, process: null, rests: false };
  const store = openSqliteStore(join(place.state, "journal.sqlite"), systemRandom);
  const journal = new Journal(store, systemClock);
  const save = (cmd: string): void => {
    const record = { cmd, digest: "d", principal: "local", method: "erase.start" };
    journal.save(record, () => {
      journal.putJob({ number: 1, id: "j_1", ended: true, job: text, ...more });
      journal.append("job.accepted", "j_1", {});
      journal.append("job.ended", "j_1", {});
      return { result: { job: "j_1" } };
    });
  };
  save("c1");
  store.close();
  writeFileSync(path, Buffer.alloc(sizeBytes, "5aa5", "hex"));
  writeFileSync(join(place.reports, "j_1.json"), JSON.stringify({ job: JSON.parse(text) as Job }));
  const desk = ledger.born({ name: "desk", way: "unix", hasOutbox: false });
  ledger.take(desk, { is: "asked", method: "erase.start" });
  ledger.take(desk, { is: "sent", cmd: "c1", method: "erase.start", params: {} });
  ledger.take(desk, { is: "answered", cmd: "c1", answer: { result: { job: "j_1" } } });
  ledger.take(desk, { is: "snapshot", seq: 2 });
}

/** All that did not hold, after a first look and one at everything. */
function found(spoil = (): void => {}): string[] {
  const toldSeq = autopsy.look();
  spoil();
  autopsy.lookAtAll({ toldSeq, outboxes: [] });
  return ledger.breaches.map(({ kind, what }) => `${kind}: ${what}`);
}

function change(sql: string): void {
  const database = new DatabaseSync(join(place.state, "journal.sqlite"));
  database.exec(sql);
  database.close();
}

test("nothing is found where nothing is spoilt, and the disk was compared", () => {
  expect(found()).toEqual([]);
  expect(figures.sometimes.get("disk compared byte by byte")).toBe(1);
});

test("a wrong byte on a disk that is said to be erased is found", () => {
  const bytes = readFileSync(path);
  bytes[20_001]! ^= 1;
  writeFileSync(path, bytes);
  expect(found()).toEqual([`corrupt: j_1 is erased, and ${path} differs at byte 20001`]);
});

test("an event that is not there any more is found", () => {
  expect(found(() => change("DELETE FROM event WHERE seq = 1"))).toContain(
    "corrupt: event 1 of the journal does not follow from the one before it",
  );
});

test("a command that is not there any more is found", () => {
  expect(found(() => change("DELETE FROM command"))).toContain(
    `lost: erase.start c1 was answered {"result":{"job":"j_1"}}, and is not in the journal`,
  );
});

test("a journal whose pages SQLite cannot read is found", () => {
  const journal = join(place.state, "journal.sqlite");
  const bytes = readFileSync(journal);
  expect(found(() => writeFileSync(journal, bytes.fill(0xff, 4_096)))).toEqual([
    expect.stringMatching(/^corrupt: the journal cannot be read: /),
    "lost: the journal is gone",
  ]);
});

test("a journal in whose place is another one is found", () => {
  expect(found(() => change("UPDATE meta SET value = 'other' WHERE key = 'epoch'"))).toContain(
    "corrupt: the journal is another one: other",
  );
});

test("a report that is not there, and one that was written in part, are found", () => {
  const report = join(place.reports, "j_1.json");
  expect(found(() => writeFileSync(report, readFileSync(report, "utf8").slice(0, 40)))).toEqual([
    "corrupt: the report of j_1 is not of its job",
  ]);
  ledger.breaches.splice(0);
  expect(found(() => rmSync(report))).toEqual(["lost: j_1 has ended, and has no report"]);
});

test("an outbox with a command that nobody has sent is found", () => {
  const outbox = place.in("script.outbox");
  writeFileSync(
    outbox,
    `${JSON.stringify({ sent: { cmd: "c2", method: "job.stop", params: { cmd: "c2" } } })}\n`,
  );
  const toldSeq = autopsy.look();
  autopsy.lookAtAll({ toldSeq, outboxes: [outbox] });
  expect(ledger.breaches).toEqual([{ kind: "lost", what: `${outbox} still has commands to send` }]);
});
