import { expect, test } from "vitest";
import { executeProgram, runWithin } from "./run-program.ts";

test("a program's output is given back, whatever its exit code", async () => {
  expect(await runWithin(10_000)("sh", ["-c", "echo found; exit 2"])).toBe("found\n");
});

test("a program that is not installed is no answer", async () => {
  expect(await runWithin(10_000)("no-such-program", [])).toBeNull();
});

test("a program that hangs is given up, and not started again on the same disk while it is there", async () => {
  const run = runWithin(500);
  const hang = ["-c", "sleep 30", "/dev/bad"];
  const [first, again, other] = await Promise.all([
    run("sh", hang),
    new Promise((resolve) => setTimeout(resolve, 510)).then(() => run("sh", hang)),
    run("sh", ["-c", "echo fine", "/dev/good"]),
  ]);
  expect([first, again, other]).toEqual([null, null, "fine\n"]);
});

test("all that a program said is given back, with its exit code", async () => {
  const executed = await executeProgram("sh", ["-c", "echo out; echo err >&2; exit 3"], { limitMs: 10_000 });
  expect(executed).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
});

test("a program that does not end is given up when its time is over, or when it is told to stop", async () => {
  expect(await executeProgram("sleep", ["30"], { limitMs: 50 })).toMatchObject({ exitCode: null });
  const signal = AbortSignal.timeout(50);
  for (const given of [signal, AbortSignal.abort()]) {
    expect(await executeProgram("sleep", ["30"], { limitMs: 30_000, signal: given })).toMatchObject({
      exitCode: null,
    });
  }
});

test("a program that is not installed cannot be executed", async () => {
  expect(await executeProgram("no-such-program", [], { limitMs: 10_000 })).toBeNull();
});

test("a program reads what it is given, and nothing otherwise", async () => {
  expect(await executeProgram("cat", [], { limitMs: 10_000, input: ", +\n" })).toMatchObject({
    stdout: ", +\n",
  });
  expect(await executeProgram("cat", [], { limitMs: 10_000 })).toMatchObject({ exitCode: 0, stdout: "" });
});

test("the administrator's programs are found where no path is given, as in a job's process", async () => {
  const path = process.env["PATH"];
  delete process.env["PATH"];
  try {
    expect(await executeProgram("losetup", ["--version"], { limitMs: 10_000 })).toMatchObject({
      exitCode: 0,
    });
  } finally {
    process.env["PATH"] = path;
  }
});
