import { seededRandom, VirtualClock } from "@trofie/reactor/testing";
import { expect, test } from "vitest";
import { uuid4, uuid7 } from "./uuid.ts";

const form = (version: number): RegExp =>
  new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);

test("a version 4 UUID has the form of RFC 9562", () => {
  const random = seededRandom(1);
  for (let i = 0; i < 100; i += 1) expect(uuid4(random)).toMatch(form(4));
});

test("a version 7 UUID has the form of RFC 9562 and begins with the wall clock's milliseconds", async () => {
  const clock = new VirtualClock(0x0192_3456_789a);
  const id = uuid7(clock, seededRandom(1));
  expect(id).toMatch(form(7));
  expect(id.startsWith("01923456-789a-7")).toBe(true);
  await clock.advance(1);
  expect(uuid7(clock, seededRandom(1)) > id).toBe(true);
});

test("no two ids are equal, in one millisecond too", () => {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const ids = new Set(Array.from({ length: 1000 }, () => uuid7(clock, random)));
  expect(ids.size).toBe(1000);
});
