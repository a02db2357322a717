import { expect, test } from "vitest";
import { countDifferent, patternMaker } from "./pattern.ts";
import { blockBytes } from "./streams/block.ts";

test("a pattern of three bytes goes on over the border of two blocks", () => {
  const maker = patternMaker("924924");
  const bytes = Buffer.concat([0, 1, 2, 3].map((i) => maker.make(i * blockBytes, blockBytes, 0)));
  expect(bytes.equals(Buffer.alloc(bytes.length, Buffer.from("924924", "hex")))).toBe(true);
});

test("a pattern of one byte is the same block for the whole disk", () => {
  const maker = patternMaker("ff");
  expect(maker.make(0, blockBytes, 0).byteOffset).toBe(maker.make(7 * blockBytes, blockBytes, 1).byteOffset);
});

test("every differing byte is counted, in the last odd piece too", () => {
  const expected = new Uint8Array(200_000);
  const found = new Uint8Array(199_999);
  for (const at of [0, 65_535, 65_536, 199_998]) found[at] = 1;
  expect(countDifferent(found, expected)).toBe(4);
});
