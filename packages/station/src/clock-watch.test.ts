import { VirtualClock } from "@trofie/reactor/testing";
import { beforeEach, expect, test } from "vitest";
import { ClockWatch } from "./clock-watch.ts";

/** A clock whose wall time somebody sets. */
class SettableClock extends VirtualClock {
  setMs = 0;

  override wallMs(): number {
    return super.wallMs() + this.setMs;
  }
}

let clock: SettableClock;
let jumps: number[];
let watch: ClockWatch;

beforeEach(() => {
  clock = new SettableClock();
  jumps = [];
  watch = new ClockWatch(clock, (byMs) => jumps.push(byMs));
});

test("a wall clock that is set forward or back is told, once, with how far", async () => {
  const yearMs = 365 * 24 * 60 * 60_000;
  for (const byMs of [yearMs, -2 * yearMs, 6_000]) {
    clock.setMs += byMs;
    await clock.advance(60_000);
  }
  expect(jumps).toEqual([yearMs, -2 * yearMs, 6_000]);
});

test("small steps are told when they have become a large one", async () => {
  for (let steps = 0; steps < 6; steps += 1) {
    clock.setMs += 1_000;
    await clock.advance(10_000);
  }
  expect(jumps).toEqual([6_000]);
});

test("a clock that is watched no more is not looked at", async () => {
  watch.stop();
  clock.setMs = 60_000;
  await clock.advance(60_000);
  expect(jumps).toEqual([]);
});
