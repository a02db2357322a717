import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isAlive, ownMark } from "./process-mark.ts";

test("this process is alive", () => {
  expect(ownMark).toMatch(/^\d+-\d+-[\da-f]{8}$/);
  expect(isAlive(ownMark)).toBe(true);
});

test("one that has ended is not, and neither is one that got its id later, or was of another boot", async () => {
  const child = spawn("sleep", ["0"]);
  await once(child, "exit");
  const [, start, boot] = ownMark.split("-");
  expect(isAlive(`${child.pid}-${start}-${boot}`)).toBe(false);
  expect(isAlive(`${process.pid}-${Number(start) - 1}-${boot}`)).toBe(false);
  expect(isAlive(`${process.pid}-${start}-00000000`)).toBe(false);
  expect(isAlive("rubbish")).toBe(false);
});
