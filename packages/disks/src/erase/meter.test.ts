import { expect, test } from "vitest";
import { Meter } from "./meter.ts";

function meterWithClock(bytesTotal: number) {
  let nowMs = 0;
  const meter = new Meter(bytesTotal, () => nowMs);
  const pass = (ms: number, bytes: number) => {
    nowMs += ms;
    meter.add(bytes);
    return meter.read();
  };
  const work = (labour: "generator" | "comparison", ms: number) =>
    meter.timed(labour, () => void (nowMs += ms));
  return { meter, pass, work };
}

test("before anything has moved there is a total, no rate, no time left and no limit", () => {
  expect(meterWithClock(100).meter.read()).toEqual({
    bytesDone: 0,
    bytesTotal: 100,
    bytesPerSecond: 0,
    etaMs: null,
    limit: null,
  });
});

test("at a steady pace the rate is that pace and the time left follows from it", () => {
  const { pass } = meterWithClock(10_000);
  for (let i = 0; i < 9; i++) pass(200, 200);
  expect(pass(200, 200)).toEqual({
    bytesDone: 2000,
    bytesTotal: 10_000,
    bytesPerSecond: 1000,
    etaMs: 8000,
    limit: "disk",
  });
});

test("one slow moment moves the rate a little, a lasting change moves it all the way", () => {
  const { pass } = meterWithClock(1e9);
  for (let i = 0; i < 50; i++) pass(200, 2000);
  expect(pass(200, 0).bytesPerSecond).toBeGreaterThan(9000);
  for (let i = 0; i < 150; i++) pass(200, 200);
  expect(pass(200, 200).bytesPerSecond).toBeLessThan(1100);
});

test("two reads at one moment do not disturb the rate", () => {
  const { meter, pass } = meterWithClock(10_000);
  expect(pass(200, 200)).toEqual(meter.read());
});

test("to begin a pass anew does not make the rate negative", () => {
  const { meter, pass } = meterWithClock(10_000);
  for (let i = 0; i < 9; i++) pass(200, 200);
  meter.moveTo(0);
  expect(pass(200, 200)).toMatchObject({ bytesDone: 200, bytesPerSecond: 1000 });
});

test("time spent in a pause says nothing of the rate", () => {
  const { meter, pass } = meterWithClock(10_000);
  for (let i = 0; i < 9; i++) pass(200, 200);
  pass(0, 0);
  meter.restart();
  expect(pass(200, 200).bytesPerSecond).toBe(1000);
});

test.each(["generator", "comparison"] as const)(
  "a job that is at the %s most of the time has that for its limit",
  (labour) => {
    const { pass, work } = meterWithClock(1e6);
    for (let i = 0; i < 60; i++) {
      work(labour, 180);
      pass(20, 200);
    }
    expect(pass(200, 200).limit).toBe(labour);
    for (let i = 0; i < 60; i++) {
      work(labour, 20);
      pass(180, 200);
    }
    expect(pass(200, 200).limit).toBe("disk");
  },
);
