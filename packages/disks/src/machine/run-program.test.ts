import { expect, test } from "vitest";
import { runWithin } from "./run-program.ts";

test("a program's output is given back, whatever its exit code", async () => {
  expect(await runWithin(10_000)("sh", ["-c", "echo found; exit 2"])).toBe("found\n");
});

test("a program that is not installed is no answer", async () => {
  expect(await runWithin(10_000)("no-such-program", [])).toBeNull();
});

test("a program that hangs is given up, and not started again while it is there", async () => {
  const run = runWithin(50);
  expect(await run("sleep", ["30"])).toBeNull();
  expect(await run("sleep", ["0"])).toBeNull();
});
