import { expect, test } from "vitest";
import { Fill, fillText, passWordText, PassWord } from "./fill.ts";

test.each([
  ["00", "00"],
  ["924924", "92 49 24"],
  ["random", "random"],
  ["a", "character a"],
  ["~a", "complement of a"],
])("a pass that is written %j is told as: %s", (word, text) => {
  expect(PassWord.parse(word)).toBe(word);
  expect(passWordText(word)).toBe(text);
});

test("letters that are hex digits too are bytes in pairs and characters alone", () => {
  expect(["aa", "a", "f", "ff"].map(passWordText)).toEqual(["aa", "character a", "character f", "ff"]);
});

test.each(["", "0", "FF", "0x00", "abc", "~", "~00", "~ab", "Random", "random ", "00\n", "00".repeat(257)])(
  "%j is no pass",
  (word) => {
    expect(PassWord.safeParse(word).success).toBe(false);
  },
);

test("drawn bytes are told without their key", () => {
  const keyHex = "ab".repeat(32);
  expect(fillText(Fill.parse({ kind: "random", stream: "aes-256-ctr", keyHex }))).toBe(
    "random (aes-256-ctr)",
  );
  expect(fillText({ kind: "pattern", hex: "924924" })).toBe("92 49 24");
});

test.each(["ab".repeat(31), "AB".repeat(32), "zz".repeat(32)])("%s is no key of 256 bits", (keyHex) => {
  expect(Fill.safeParse({ kind: "random", stream: "chacha8", keyHex }).success).toBe(false);
});
