import { StoreBroken } from "@trofie/commands";
import { seededRandom } from "@trofie/reactor/testing";
import { describe, expect, test } from "vitest";
import type { Write } from "../store.ts";
import { checkStore } from "./check-store.ts";
import { MemoryMedium } from "./memory-store.ts";

checkStore("in memory", () => {
  const medium = new MemoryMedium(seededRandom(1));
  return {
    open: () => medium.open(),
    kill: () => medium.kill(),
    fill: () => (medium.isFull = true),
    free: () => (medium.isFull = false),
    [Symbol.dispose]: () => {},
  };
});

const event = (seq: number): Write => ({
  put: "event",
  row: { seq, at: "", type: "job.accepted", job: null, body: "{}", hash: "" },
});

describe("a medium in memory", () => {
  test("whose flush fails has all of the batch or nothing of it, by chance, and its process can do no more", () => {
    const found = new Set<number | undefined>();
    for (let seed = 1; seed <= 20; seed += 1) {
      const medium = new MemoryMedium(seededRandom(seed));
      const store = medium.open();
      store.commit([event(1)]);
      medium.failsNextFlush = true;
      expect(() => store.commit([event(2), event(3)])).toThrow(StoreBroken);
      expect(() => store.commit([event(2)])).toThrow(StoreBroken);
      expect(() => store.lastEvent()).toThrow(StoreBroken);
      medium.kill();
      found.add(medium.open().lastEvent()?.seq);
    }
    expect(found).toEqual(new Set([1, 3]));
  });

  test("lets a process that was killed do nothing, and the next one everything", () => {
    const medium = new MemoryMedium(seededRandom(1));
    const killed = medium.open();
    medium.kill();
    expect(() => killed.commit([event(1)])).toThrow(StoreBroken);
    const next = medium.open();
    next.commit([event(1)]);
    killed.close();
    expect(() => medium.open()).toThrow("another station is using it");
  });

  test("that is killed in the moment of a commit has it, and whoever committed never hears of it", () => {
    const medium = new MemoryMedium(seededRandom(1));
    const store = medium.open();
    medium.onCommit = () => medium.kill();
    expect(() => store.commit([event(1)])).toThrow(StoreBroken);
    expect(medium.open().lastEvent()?.seq).toBe(1);
  });

  test("can be set back to what it was", () => {
    const medium = new MemoryMedium(seededRandom(1));
    const store = medium.open();
    store.commit([event(1)]);
    const backup = medium.backup();
    store.commit([event(2)]);
    medium.restore(backup);
    expect(medium.open().lastEvent()?.seq).toBe(1);
  });
});
