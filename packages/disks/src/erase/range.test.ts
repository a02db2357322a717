import { expect, test } from "vitest";
import { between, bytesOf, joined, within, without } from "./range.ts";

const ranges = (...pairs: [number, number][]) => pairs.map(([from, to]) => between(from, to));

test("neighbours and ranges that overlap are made one, in order", () => {
  expect(joined(ranges([8, 9], [0, 2], [2, 4], [3, 6]))).toEqual(ranges([0, 6], [8, 9]));
  expect(joined([])).toEqual([]);
});

test("what lies outside of holes is left", () => {
  expect(without(ranges([0, 10]), [])).toEqual(ranges([0, 10]));
  expect(without(ranges([0, 10]), ranges([0, 2], [4, 5], [9, 12]))).toEqual(ranges([2, 4], [5, 9]));
  expect(without(ranges([0, 4], [6, 10]), ranges([2, 8]))).toEqual(ranges([0, 2], [8, 10]));
  expect(without(ranges([3, 5]), ranges([0, 10]))).toEqual([]);
});

test("what lies within bounds is left", () => {
  expect(within(ranges([0, 4], [6, 10]), 3, 7)).toEqual(ranges([3, 4], [6, 7]));
  expect(bytesOf(within(ranges([0, 4]), 4, 9))).toBe(0);
});
