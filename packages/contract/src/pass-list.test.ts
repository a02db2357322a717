import { expect, test } from "vitest";
import { eraseMethods, findOverwrite } from "./methods.ts";
import { methodPassesText, plannedPassesText, readBackText } from "./pass-list.ts";
import type { ErasePlan, PlannedPass } from "./plan.ts";

interface Shape {
  readonly words: readonly string[];
  readonly rounds?: number;
  readonly shuffled?: [number, number][];
  /** The numbers of the passes that are read back, from 1. */
  readonly verified?: readonly number[];
}

const overwrite = (write: string, verified: boolean): PlannedPass => ({ kind: "overwrite", write, verified });

function planOf({ words, rounds = 1, shuffled = [], verified = [words.length] }: Shape): ErasePlan {
  const passes = words.map((word, i) => overwrite(word, verified.includes(i + 1)));
  return { kind: "erase", passes, rounds, shuffled, reading: "full" } as Partial<ErasePlan> as ErasePlan;
}

test.each([
  ["zero", "00"],
  ["dod-3", "character a, complement of a, random"],
  ["pfitzner33", "33 × random"],
  [
    "gutmann",
    "4 × random, 27 in an order drawn for the job (55, aa, 92 49 24 … b6 db 6d, db 6d b6), 4 × random",
  ],
  [
    "ops2-nwipe",
    "character a, complement of a, character b, complement of b, character c, complement of c, " +
      "character d, complement of d; once, after all rounds: random",
  ],
  ["nist-purge", "by the disk itself"],
])("the passes of %s are told as: %s", (id, text) => {
  expect(methodPassesText(id)).toBe(text);
});

test("no method of the table is told in more than three lines of a terminal", () => {
  for (const id of Object.keys(eraseMethods)) expect(methodPassesText(id).length).toBeLessThan(3 * 80);
});

test("rounds are told once, and what comes after them apart", () => {
  const words = ["00", "ff", "random"];
  const rounds = planOf({ words: [...words, ...words, "00"], rounds: 2 });
  expect(plannedPassesText(rounds)).toBe("2 rounds of: 00, ff, random; then 00");
  expect(plannedPassesText(planOf({ words: ["00", "00", "00"], rounds: 2 }))).toBe(
    "2 rounds of: 00; then 00",
  );
});

test("rounds of a shuffled method say of each one that its order is drawn", () => {
  const { passes } = findOverwrite("gutmann")!;
  const shuffled: [number, number][] = [
    [4, 31],
    [39, 66],
  ];
  expect(plannedPassesText(planOf({ words: [...passes, ...passes], rounds: 2, shuffled }))).toMatch(
    /^2 rounds of: 4 × random, 27 in an order drawn for the job \(.+\), 4 × random$/,
  );
});

test("a pass of the disk's own, and the blocks given back, are named", () => {
  const passes: PlannedPass[] = [{ kind: "firmware", command: "ata-sanitize-block" }, { kind: "discard" }];
  const plan = { ...planOf({ words: [] }), passes };
  expect(plannedPassesText(plan)).toBe("ATA Sanitize, block erase, give all blocks back (discard)");
  expect(readBackText(plan)).toBeNull();
});

test.each<[number[], string | null]>([
  [[], null],
  [[1, 2, 3], "after each pass: every byte"],
  [[3], "after the last pass: every byte"],
  [[1], "after pass 1: every byte"],
  [[2, 3], "after passes 2 and 3: every byte"],
])("passes %j of three are read back: %s", (verified, text) => {
  expect(readBackText(planOf({ words: ["00", "ff", "random"], verified }))).toBe(text);
});

test("the only pass is read back, whatever else is done after it", () => {
  const plan = planOf({ words: ["00"] });
  expect(readBackText({ ...plan, passes: [...plan.passes, { kind: "discard" }] })).toBe("every byte");
});
