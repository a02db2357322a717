import { threadId } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import type * as workFunctions from "../test-programs/work.ts";
import { runInWorker } from "./run-in-worker.ts";

type Work = typeof workFunctions;
const work = new URL("../test-programs/work.ts", import.meta.url);

describe("a function in a thread of its own", () => {
  it("gives back its result", async () => {
    expect(await runInWorker<Work, "sum">(work, "sum", [[1, 2, 3]])).toBe(6);
    expect(await runInWorker<Work, "whereAmI">(work, "whereAmI", [])).not.toBe(threadId);
  });

  it("gives back its error", async () => {
    await expect(runInWorker<Work, "fail">(work, "fail", [])).rejects.toMatchObject({
      name: "RangeError",
      message: "too much",
    });
  });

  it("is ended at once, whatever it does, when it is given up", async () => {
    const wish = new AbortController();
    const working = runInWorker<Work, "forEver">(work, "forEver", [], { signal: wish.signal });
    setTimeout(() => wish.abort(new Error("enough")), 50);
    await expect(working).rejects.toThrow("enough");
    await expect(runInWorker<Work, "sum">(work, "sum", [[]], { signal: wish.signal })).rejects.toThrow(
      "enough",
    );
  });

  it("that is not there, or ends its thread, is an error", async () => {
    const none = runInWorker<{ nothing(): void }, "nothing">(work, "nothing", []);
    await expect(none).rejects.toThrow("the module exports no such function");
    await expect(runInWorker<Work, "exit">(work, "exit", [])).rejects.toThrow("ended before it answered");
  });
});
