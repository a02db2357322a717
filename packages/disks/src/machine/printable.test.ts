import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test("text from a disk loses what could move a cursor, forge a line or turn the direction of writing", () => {
  expect(printable("\u001B[2JWDC\r\n OK\u0000 \u009B31m\u202Eabc\uFFFD ")).toBe("[2JWDC OK 31mabc");
});

test("text of which nothing is left is no text", () => {
  expect([printable(null), printable(""), printable(" \u0000\t ")]).toEqual([null, null, null]);
});
