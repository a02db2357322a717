import { expect, test } from "vitest";
import { nearestWord } from "./nearest-word.ts";

const words = ["zero", "gutmann", "dod-3", "dod-e", "vsitr"];

test.each([
  ["gutman", "gutmann"],
  ["Gutmann", "gutmann"],
  ["dod3", "dod-3"],
  ["zeros", "zero"],
  ["vsirt", "vsitr"],
  ["magic", null],
  ["x", null],
  ["", null],
  ["an altogether other thing", null],
])("%j is nearest to %j", (written, nearest) => {
  expect(nearestWord(written, words)).toBe(nearest);
});
