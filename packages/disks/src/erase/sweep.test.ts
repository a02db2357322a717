import { expect, test } from "vitest";
import { blockBytes, sweep } from "./sweep.ts";

const never = new AbortController().signal;

test("a sweep visits every byte once, the last block being shorter", async () => {
  const visited: [number, number][] = [];
  await sweep({ sizeBytes: 2 * blockBytes + 512, lanes: 4, signal: never }, async (offset, lengthBytes) => {
    visited.push([offset, lengthBytes]);
  });
  expect(visited).toEqual([
    [0, blockBytes],
    [blockBytes, blockBytes],
    [2 * blockBytes, 512],
  ]);
});

test("no more blocks are in flight than there are lanes, and each lane has one", async () => {
  const busy = new Set<number>();
  let most = 0;
  await sweep(
    { sizeBytes: 20 * blockBytes, lanes: 3, signal: never },
    async (_offset, _lengthBytes, lane) => {
      expect(busy.has(lane)).toBe(false);
      busy.add(lane);
      most = Math.max(most, busy.size);
      await new Promise(setImmediate);
      busy.delete(lane);
    },
  );
  expect(most).toBe(3);
});

test("after a failure no block is begun, those in flight come back, and the lowest failure is thrown", async () => {
  const begun: number[] = [];
  const sweeping = sweep({ sizeBytes: 20 * blockBytes, lanes: 3, signal: never }, async (offset) => {
    begun.push(offset / blockBytes);
    await new Promise(setImmediate);
    if (offset >= 4 * blockBytes) throw new Error(`block ${offset / blockBytes}`);
  });
  await expect(sweeping).rejects.toThrow("block 4");
  expect(Math.max(...begun)).toBeLessThan(8);
});

test("a sweep that is stopped begins no further block", async () => {
  const stopping = new AbortController();
  let begun = 0;
  await sweep({ sizeBytes: 20 * blockBytes, lanes: 2, signal: stopping.signal }, async () => {
    if (++begun === 5) stopping.abort();
  });
  expect(begun).toBeLessThanOrEqual(6);
});
