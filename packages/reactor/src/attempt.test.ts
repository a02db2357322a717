import { expect, test } from "vitest";
import { Attempt } from "./attempt.ts";

test("an attempt is given up with the reason of whoever asked for it", () => {
  const asked = new AbortController();
  using attempt = new Attempt(new Set(), asked.signal);
  expect(attempt.signal.aborted).toBe(false);
  asked.abort(new Error("changed my mind"));
  expect(attempt.signal.reason).toEqual(new Error("changed my mind"));
});

test("an attempt that nobody wants any more is given up from the beginning", () => {
  using attempt = new Attempt(new Set(), AbortSignal.abort(new Error("too late")));
  expect(attempt.signal.reason).toEqual(new Error("too late"));
});

test("an attempt is under way until it is disposed, and nobody's signal reaches it afterwards", () => {
  const underWay = new Set<Attempt>();
  const asked = new AbortController();
  const attempt = new Attempt(underWay, asked.signal);
  expect([...underWay]).toEqual([attempt]);
  attempt[Symbol.dispose]();
  asked.abort();
  expect(underWay.size).toBe(0);
  expect(attempt.signal.aborted).toBe(false);
});
