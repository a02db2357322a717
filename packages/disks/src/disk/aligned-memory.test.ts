import { expect, test } from "vitest";
import { BorrowedMemory } from "./aligned-memory.ts";

test("a block of a pattern leaves room enough for the two that a verification reads at once", () => {
  const pattern = new BorrowedMemory(2 ** 20);
  const { memory } = pattern;
  pattern.giveBack();
  const reading = new BorrowedMemory(2 * 2 ** 20);
  expect(reading.memory).toBe(memory);
  reading.giveBack();
});

test("memory that was given back serves the next who needs no more", () => {
  const first = new BorrowedMemory(3_000_000);
  const { memory } = first;
  first.giveBack();
  const more = new BorrowedMemory(4_000_000);
  expect(more.memory).not.toBe(memory);
  const less = new BorrowedMemory(2_500_000);
  expect(less.memory).toBe(memory);
  for (const borrowed of [more, less]) borrowed.giveBack();
});

test("memory that is borrowed is nobody else's, even if its earlier borrower gives it back once more", () => {
  const first = new BorrowedMemory(5_000_000);
  const { memory } = first;
  first.giveBack();
  const second = new BorrowedMemory(5_000_000);
  expect(second.memory).toBe(memory);
  first.giveBack();
  const third = new BorrowedMemory(5_000_000);
  expect(third.memory).not.toBe(memory);
  for (const borrowed of [second, third]) borrowed.giveBack();
});

test("whoever has given memory back cannot use it", () => {
  const borrowed = new BorrowedMemory(4096);
  borrowed.giveBack();
  expect(() => borrowed.memory).toThrow("Cannot use borrowed memory: it was given back");
});
