import { expect, test } from "vitest";
import { parseFaults } from "./fault-options.ts";

const parse = (line: string) => parseFaults(line.split(" "));

test("bad sectors are typed one by one or as a range, whose last is part of it", () => {
  expect(parse("--bad-sectors 1000,2000-2007 --error ENOSPC").badSectors).toEqual([
    { first: 1000, count: 1, fails: "reads and writes", error: "ENOSPC" },
    { first: 2000, count: 8, fails: "reads and writes", error: "ENOSPC" },
  ]);
  expect(parse("--bad-reads 1 --bad-writes 2").badSectors).toEqual([
    { first: 1, count: 1, fails: "reads", error: "EIO" },
    { first: 2, count: 1, fails: "writes", error: "EIO" },
  ]);
});

test("a disk hangs, dies, lies or is slow as it is told", () => {
  expect(parse("--hang").condition).toBe("hanging");
  expect(parse("--dead").condition).toBe("dead");
  expect(parse("--lies 0-99").lyingWrites).toEqual([{ first: 0, count: 100 }]);
  expect(parse("--delay-ms 20").delayMs).toBe(20);
});

test("what is not understood is refused, with what it was", () => {
  expect(() => parse("--bad-sectors some")).toThrow("Not a whole number: some");
  expect(() => parse("--error ENODATA --bad-reads 1")).toThrow("No error that a disk can have: ENODATA");
  expect(() => parse("--unheard-of")).toThrow("--unheard-of");
});
