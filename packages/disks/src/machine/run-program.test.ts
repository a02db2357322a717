import { expect, test } from "vitest";
import { executeProgram, runWithin } from "./run-program.ts";

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

test("all that a program said is given back, with its exit code", async () => {
  const executed = await executeProgram("sh", ["-c", "echo out; echo err >&2; exit 3"], { limitMs: 10_000 });
  expect(executed).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
});

test("a program that does not end is given up when its time is over, or when it is told to stop", async () => {
  expect(await executeProgram("sleep", ["30"], { limitMs: 50 })).toMatchObject({ exitCode: null });
  const signal = AbortSignal.timeout(50);
  expect(await executeProgram("sleep", ["30"], { limitMs: 30_000, signal })).toMatchObject({
    exitCode: null,
  });
});

test("a program that is not installed cannot be executed", async () => {
  expect(await executeProgram("no-such-program", [], { limitMs: 10_000 })).toBeNull();
});
