import { expect, test } from "vitest";
import type { JobEvent } from "../disk-host.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { PauseGate } from "./pause-gate.ts";
import { Steps, Stopped } from "./steps.ts";

function bench(bytesTotal = 1000) {
  const clock = new VirtualClock();
  const events: JobEvent[] = [];
  const stopping = new AbortController();
  const gate = new PauseGate();
  const tell = (event: JobEvent): void => void events.push(event);
  const steps = new Steps({ clock, tell, gate, signal: stopping.signal }, { count: 2, bytesTotal });
  return { clock, events, stopping, gate, steps };
}

test("progress is told five times a second, also when nothing moves", async () => {
  const { clock, events, steps } = bench();
  steps.begin(1, "Writing");
  await clock.run(clock.wait(1000));
  steps.end();
  await clock.run(clock.wait(1000));
  expect(events.length).toBeGreaterThanOrEqual(5);
  expect(events.length).toBeLessThanOrEqual(6);
  expect(events.at(-1)).toMatchObject({
    type: "progress",
    step: "Writing",
    stepNumber: 1,
    stepCount: 2,
    bytesDone: 0,
  });
});

test("a rate is measured, and the time that is left follows from it", async () => {
  const { clock, events, steps } = bench(1000);
  steps.begin(1, "Writing");
  for (let i = 0; i < 5; i++) {
    steps.add(100);
    await clock.run(clock.wait(200));
  }
  expect(events.at(-1)).toMatchObject({ bytesDone: 500, bytesPerSecond: 500, etaMs: 1000 });
  steps.begin(2, "Reading back");
  steps.end();
  expect(events.at(-1)).toMatchObject({ step: "Reading back", bytesPerSecond: 0, etaMs: null });
});

test("a total that was guessed too small is never less than what is done", () => {
  const { events, steps } = bench(100);
  steps.add(300);
  steps.end();
  expect(events.at(-1)).toMatchObject({ bytesDone: 300, bytesTotal: 300 });
});

test("a disk that does not answer is told once, and once more when it does", async () => {
  const { clock, events, steps } = bench();
  let isHanging = true;
  steps.watch({ waitingMs: () => (isHanging ? clock.nowMs() : 0) });
  await clock.run(clock.wait(30_000));
  isHanging = false;
  await clock.run(clock.wait(1000));
  steps.end();
  const told = events.filter(({ type }) => type !== "progress");
  expect(told).toEqual([
    { type: "stalled", message: "The disk has not answered for 20 s" },
    { type: "answering" },
  ]);
});

test("a job that is to stop ends at the next block, with nothing in flight, paused or not", async () => {
  const { events, stopping, gate, steps } = bench();
  let settlings = 0;
  const settled = async () => void settlings++;
  await steps.pass(settled);
  expect(settlings).toBe(0);
  gate.pause();
  const passing = steps.pass(settled);
  await Promise.resolve();
  stopping.abort();
  gate.resume();
  await expect(passing).rejects.toBeInstanceOf(Stopped);
  expect(settlings).toBe(2);
  expect(events).toEqual([{ type: "paused" }]);
  steps.end();
});
