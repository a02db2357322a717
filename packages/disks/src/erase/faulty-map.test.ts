import { expect, test } from "vitest";
import { FaultyMap, maxRanges, Suspects } from "./faulty-map.ts";
import { between } from "./range.ts";

test("neighbours with one fault are one range, in whatever order they come", () => {
  const map = new FaultyMap();
  for (const at of [2, 0, 1, 4]) map.add("write", between(at, at + 1), true);
  expect(map.toJSON()).toEqual({
    ranges: [
      { offset: 0, lengthBytes: 3, fault: "write", exact: true },
      { offset: 4, lengthBytes: 1, fault: "write", exact: true },
    ],
    faultyBytes: 4,
    rangesCut: false,
  });
});

test("what two faults share stays with the first", () => {
  const map = new FaultyMap();
  map.add("write", between(2, 4), true);
  map.add("read", between(0, 6), true);
  expect(map.toJSON().ranges.map(({ offset, lengthBytes, fault }) => [offset, lengthBytes, fault])).toEqual([
    [0, 2, "read"],
    [2, 2, "write"],
    [4, 2, "read"],
  ]);
  expect(map.faultyBytes).toBe(6);
  expect(map.of("read")).toEqual([between(0, 2), between(4, 6)]);
});

test("more ranges than are listed are still counted", () => {
  const map = new FaultyMap();
  for (let i = 0; i < maxRanges + 5; i++) map.add("mismatch", between(2 * i, 2 * i + 1), true);
  const { ranges, faultyBytes, rangesCut } = map.toJSON();
  expect(ranges).toHaveLength(maxRanges);
  expect([faultyBytes, rangesCut]).toEqual([maxRanges + 5, true]);
});

test("a map is the same after it was plain JSON", () => {
  const map = new FaultyMap();
  map.add("read", between(0, 512), false);
  const again = new FaultyMap(JSON.parse(JSON.stringify(map)));
  again.add("read", between(512, 1024), false);
  expect(again.toJSON().ranges).toEqual([{ offset: 0, lengthBytes: 1024, fault: "read", exact: false }]);
});

test("suspects in a row are counted from the last good block on", () => {
  const suspects = new Suspects();
  for (const at of [0, 1, 2, 5, 6]) suspects.add(between(at, at + 1));
  expect([suspects.bytes, suspects.inARowBytes]).toEqual([5, 2]);
});
