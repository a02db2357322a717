import { expect, test } from "vitest";
import { drawTrial, injected } from "./bad-sector-map.ts";

const sectorCount = 4144;

test("the same seed and number draw the same disk, another number another one", () => {
  expect(drawTrial("a", 7, sectorCount)).toEqual(drawTrial("a", 7, sectorCount));
  expect(drawTrial("a", 7, sectorCount)).not.toEqual(drawTrial("a", 8, sectorCount));
});

test("every bad sector that is drawn is on the disk, and some disks have none", () => {
  const trials = Array.from({ length: 300 }, (_, number) => drawTrial("b", number, sectorCount));
  for (const { badSectors } of trials) {
    for (const { first, count = 1 } of badSectors) {
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first + count).toBeLessThanOrEqual(sectorCount);
    }
  }
  expect(trials.some(({ badSectors }) => badSectors.length === 0)).toBe(true);
  expect(trials.some((trial) => injected(trial, sectorCount).at(-1) !== ".")).toBe(true);
  expect(trials.some((trial) => injected(trial, sectorCount)[0] !== ".")).toBe(true);
});

test("what cannot be written is told so, whether or not it can be read", () => {
  const badSectors = [
    { first: 1, count: 2, fails: "reads" },
    { first: 2, fails: "writes" },
    { first: 4, fails: "reads and writes" },
  ] as const;
  expect(injected({ badSectors, method: "zero" }, 6).join("")).toBe(".rw.w.");
});
