import { expect, test } from "vitest";
import { ProtocolError } from "./errors.ts";
import { Reading } from "./reading.ts";

/** A reading, what it told, and a station that says what a test likes. */
function openedReading() {
  const told: unknown[] = [];
  const reading = new Reading({
    snapshotRead: (items, seq) => told.push({ items: items.length, seq }),
    eventRead: ({ seq }) => told.push(seq),
    progressRead: ({ job }) => told.push(job),
  });
  reading.opened("e1");
  const say = (method: string, params: object): void => reading.take({ method, params: { ...params } });
  return { reading, told, say };
}

const event = { seq: 3, at: "2026-01-01T00:00:00.000Z", type: "job.ended", job: "a", body: {} };
const item = { kind: "job", id: "a", ended: false, item: {} };

test("tells a snapshot when it is whole, then each event once", () => {
  const { reading, told, say } = openedReading();
  say("snapshot.begin", { seq: 2, items: 1 });
  say("snapshot.item", item);
  say("snapshot.end", { seq: 2 });
  for (const seq of [1, 2, 3, 3, 4]) say("event", { ...event, seq });
  expect(told).toEqual([{ items: 1, seq: 2 }, 3, 4]);
  expect(reading.place).toEqual({ epoch: "e1", since: 4, head: null });
});

test("ignores what it does not know", () => {
  const { told, say } = openedReading();
  say("weather", { seq: "rain" });
  expect(told).toEqual([]);
});

const whole = { ...event, seq: 1 };

test.each([
  ["event", {}],
  ["event", { ...whole, seq: "1" }],
  ["event", { ...whole, seq: 1.5 }],
  ["event", { ...whole, seq: NaN }],
  ["event", { ...whole, seq: 2 ** 53 }],
  ["event", { ...whole, seq: 2 }],
  ["event", { ...whole, type: 7 }],
  ["event", { ...whole, job: {} }],
  ["event", { ...whole, at: null }],
  ["snapshot.begin", { seq: 2 }],
  ["snapshot.begin", { seq: -1, items: 0 }],
  ["snapshot.item", item],
  ["snapshot.end", { seq: 2 }],
  ["snapshot.end", {}],
  ["progress", { job: { toString: 1 } }],
  ["progress", {}],
])("does not go on with a station that says %s %j, and keeps its place", (method, params) => {
  const { reading, told, say } = openedReading();
  say("snapshot.begin", { seq: 0, items: 0 });
  say("snapshot.end", { seq: 0 });
  expect(() => say(method, params)).toThrow(ProtocolError);
  expect(reading.place).toEqual({ epoch: "e1", since: 0, head: null });
  expect(told).toEqual([{ items: 0, seq: 0 }]);
});

test.each([
  ["has another number at its end", [item], { seq: 3 }],
  ["lacks an item", [], { seq: 2 }],
  ["has an item too many", [item, item], { seq: 2 }],
])("does not take a snapshot that %s", (_, items, end) => {
  const { reading, told, say } = openedReading();
  say("snapshot.begin", { seq: 2, items: 1 });
  for (const one of items) say("snapshot.item", one);
  expect(() => say("snapshot.end", end)).toThrow(ProtocolError);
  expect(reading.place).toBeNull();
  expect(told).toEqual([]);
});

test("takes up no snapshot that an earlier connection began", () => {
  const { told, say, reading } = openedReading();
  say("snapshot.begin", { seq: 2, items: 0 });
  reading.opened("e1");
  expect(() => say("snapshot.end", { seq: 2 })).toThrow(ProtocolError);
  expect(told).toEqual([]);
});
