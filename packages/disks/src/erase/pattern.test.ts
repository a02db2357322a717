import { expect, test } from "vitest";
import { countDifferent, patternBlocks } from "./pattern.ts";
import { blockBytes } from "./sweep.ts";

test("a pattern of three bytes goes on over the border of two blocks", () => {
  const patternAt = patternBlocks("924924");
  const bytes = Buffer.concat([0, 1, 2, 3].map((i) => patternAt(i * blockBytes)));
  expect(bytes.equals(Buffer.alloc(bytes.length, Buffer.from("924924", "hex")))).toBe(true);
});

test("a pattern of one byte needs one block of memory for the whole disk", () => {
  const patternAt = patternBlocks("ff");
  expect(patternAt(0)).toBe(patternAt(7 * blockBytes));
});

test("what is not hex is no pattern", () => {
  for (const text of ["", "0", "zz", "0x"]) expect(() => patternBlocks(text)).toThrow(RangeError);
});

test("every differing byte is counted, in the last odd piece too", () => {
  const expected = new Uint8Array(200_000);
  const found = new Uint8Array(199_999);
  for (const at of [0, 65_535, 65_536, 199_998]) found[at] = 1;
  expect(countDifferent(found, expected)).toBe(4);
});
