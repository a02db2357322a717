import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { SimClock } from "./sim-clock.ts";

test("between two calls every promise settles, whatever it began", async () => {
  const clock = new SimClock();
  const heard: string[] = [];
  const steps = async (): Promise<void> => {
    for (let i = 1; i <= 3; i++) {
      await Promise.resolve();
      heard.push(`${clock.nowMs()} step ${i}`);
    }
    process.nextTick(() => heard.push(`${clock.nowMs()} tick`));
  };
  clock.callLater(5, () => void steps());
  clock.callLater(6, () => void heard.push(`${clock.nowMs()} call`));
  await clock.run(10);
  expect(heard).toEqual(["5 step 1", "5 step 2", "5 step 3", "5 tick", "6 call"]);
  expect(clock.nowMs()).toBe(10);
});

test("calls of one time are made in the order in which they were asked for", async () => {
  const clock = new SimClock();
  const heard: number[] = [];
  for (const i of [1, 2, 3, 4]) clock.callLater(7, () => void heard.push(i));
  clock.callLater(3, () => void heard.push(0));
  await clock.run(10);
  expect(heard).toEqual([0, 1, 2, 3, 4]);
});

test("it stops before the next call when all is over", async () => {
  const clock = new SimClock();
  let calls = 0;
  for (const atMs of [1, 2, 3]) clock.callLater(atMs, () => void (calls += 1));
  await clock.run(10, () => calls === 2);
  expect(calls).toBe(2);
});

test("what a call throws, `run` rejects with", async () => {
  const clock = new SimClock();
  clock.callLater(1, () => {
    throw new Error("as the test wants it");
  });
  await expect(clock.run(10)).rejects.toThrow("as the test wants it");
});

test("a rejection that nobody waits for is told before the next call is made", () => {
  const { stdout } = spawnSync(
    process.execPath,
    ["--conditions=trofie-source", "--input-type=module", "--eval", program],
    { cwd: import.meta.dirname, encoding: "utf8" },
  );
  expect(stdout).toBe("1: nobody waits\n2: next call\n");
});

const program = `
  const { SimClock } = await import("./sim-clock.ts");
  const clock = new SimClock();
  process.on("unhandledRejection", ({ message }) => console.log(clock.nowMs() + ": " + message));
  clock.callLater(1, () => void Promise.reject(new Error("nobody waits")));
  clock.callLater(2, () => console.log(clock.nowMs() + ": next call"));
  await clock.run(10);
`;
