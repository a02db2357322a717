import { describe, expect, it } from "vitest";
import { delay } from "./delay.ts";
import { every } from "./every.ts";
import { VirtualClock } from "./testing/index.ts";

describe("a delay", () => {
  it("is over when its time has passed", async () => {
    const clock = new VirtualClock();
    let isOver = false;
    void delay(1000, { clock }).then(() => (isOver = true));
    await clock.advance(999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(isOver).toBe(true);
  });

  it("can be given up, before and while it lasts", async () => {
    const clock = new VirtualClock();
    const wish = new AbortController();
    const waiting = delay(1000, { clock, signal: wish.signal });
    wish.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(delay(1000, { clock, signal: wish.signal })).rejects.toThrow("enough");
  });
});

describe("every", () => {
  const started = (options: { now?: boolean } = {}, work: (clock: VirtualClock) => unknown = () => {}) => {
    const clock = new VirtualClock();
    const wish = new AbortController();
    const calls: string[] = [];
    const done = every(
      1000,
      (missedTicks) => {
        calls.push(`${clock.nowMs()}${missedTicks ? ` missed ${missedTicks}` : ""}`);
        return work(clock);
      },
      { clock, signal: wish.signal, ...options },
    );
    return { clock, wish, calls, done };
  };

  it("calls once per interval, and at once when asked to", async () => {
    const { clock, calls } = started({ now: true });
    await clock.advance(3500);
    expect(calls).toEqual(["0", "1000", "2000", "3000"]);
  });

  it("stays on its grid, and tells how many ticks it missed", async () => {
    let lengthMs = 2600;
    const { clock, calls } = started({}, (time) => {
      const wait = delay(lengthMs, { clock: time });
      lengthMs = 100;
      return wait;
    });
    await clock.advance(6500);
    expect(calls).toEqual(["1000", "4000 missed 2", "5000", "6000"]);
  });

  it("ends with its signal", async () => {
    const { clock, calls, wish, done } = started();
    await clock.advance(1500);
    wish.abort();
    await done;
    await clock.advance(5000);
    expect(calls).toEqual(["1000"]);
  });

  it("ends with the first error", async () => {
    const { clock, calls, done } = started({}, () => {
      throw new Error("a bug");
    });
    const failed = expect(done).rejects.toThrow("a bug");
    await clock.advance(5000);
    await failed;
    expect(calls).toEqual(["1000"]);
  });

  it("refuses an interval that is none", async () => {
    await expect(every(0, () => {})).rejects.toThrow("the interval is 0 ms");
  });
});
