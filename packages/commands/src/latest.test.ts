import { expect, test } from "vitest";
import { latest } from "./latest.ts";

test("a value that comes while the reader works is read next", async () => {
  const stream = latest<number>();
  const reader = stream[Symbol.asyncIterator]();
  stream.push(1);
  expect(await reader.next()).toEqual({ done: false, value: 1 });
  stream.push(2);
  expect(await reader.next()).toEqual({ done: false, value: 2 });
});

test("a slow reader gets the newest value, and the last one before the end", async () => {
  const stream = latest<number>();
  const reader = stream[Symbol.asyncIterator]();
  stream.push(1);
  stream.push(2);
  expect(await reader.next()).toEqual({ done: false, value: 2 });
  stream.push(3);
  stream.end();
  expect(await reader.next()).toEqual({ done: false, value: 3 });
  expect(await reader.next()).toEqual({ done: true, value: undefined });
});
