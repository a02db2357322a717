import { expect, test } from "vitest";
import { blockBytes } from "./streams/block-maker.ts";
import { sweep, type Sweep } from "./sweep.ts";

type Visit = Sweep<void>["visit"];

/** A sweep from the first byte on, in two lanes, that is neither stopped nor paused. */
function sweepOver(sizeBytes: number, visit: Visit, more: Partial<Sweep<void>> = {}): Promise<void> {
  return sweep<void>({
    ranges: [{ offset: 0, lengthBytes: sizeBytes }],
    lanes: 2,
    signal: new AbortController().signal,
    gate: { isPaused: false },
    rest: async () => {},
    settle: () => {},
    visit,
    ...more,
  });
}

/** Takes longer for even blocks than for odd ones. */
async function unevenly(offset: number): Promise<void> {
  for (let i = (offset / blockBytes) % 2 === 0 ? 5 : 1; i > 0; i--) await new Promise(setImmediate);
}

test("a sweep visits every byte once, the last block being shorter", async () => {
  const visited: [number, number][] = [];
  await sweepOver(
    2 * blockBytes + 512,
    async (offset, lengthBytes) => void visited.push([offset, lengthBytes]),
    { lanes: 4 },
  );
  expect(visited).toEqual([
    [0, blockBytes],
    [blockBytes, blockBytes],
    [2 * blockBytes, 512],
  ]);
});

test("blocks of a range end at multiples of their size", async () => {
  const visited: [number, number][] = [];
  const ranges = [
    { offset: 4096, lengthBytes: 2 * blockBytes },
    { offset: 5 * blockBytes - 512, lengthBytes: 1024 },
  ];
  await sweepOver(0, async (offset, lengthBytes) => void visited.push([offset, offset + lengthBytes]), {
    ranges,
  });
  expect(visited).toEqual([
    [4096, blockBytes],
    [blockBytes, 2 * blockBytes],
    [2 * blockBytes, 2 * blockBytes + 4096],
    [5 * blockBytes - 512, 5 * blockBytes],
    [5 * blockBytes, 5 * blockBytes + 512],
  ]);
});

test("no more blocks are in flight than there are lanes, and each lane has one", async () => {
  const busy = new Set<number>();
  let most = 0;
  await sweepOver(
    20 * blockBytes,
    async (_offset, _lengthBytes, lane) => {
      expect(busy.has(lane)).toBe(false);
      busy.add(lane);
      most = Math.max(most, busy.size);
      await new Promise(setImmediate);
      busy.delete(lane);
    },
    { lanes: 3 },
  );
  expect(most).toBe(3);
});

test("blocks are settled in order, however they come back", async () => {
  const settled: number[] = [];
  await sweepOver(9 * blockBytes, unevenly, {
    lanes: 4,
    settle: (offset) => void settled.push(offset / blockBytes),
  });
  expect(settled).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("after a failure no block is begun, those in flight come back, and the lowest failure is thrown", async () => {
  const begun: number[] = [];
  const settled: number[] = [];
  const sweeping = sweepOver(
    20 * blockBytes,
    async (offset) => {
      begun.push(offset / blockBytes);
      await new Promise(setImmediate);
      if (offset >= 4 * blockBytes) throw new Error(`block ${offset / blockBytes}`);
    },
    { lanes: 3, settle: (offset) => void settled.push(offset / blockBytes) },
  );
  await expect(sweeping).rejects.toThrow("block 4");
  expect(Math.max(...begun)).toBeLessThan(8);
  expect(settled).toEqual([0, 1, 2, 3]);
});

test("a sweep that is stopped begins no further block", async () => {
  const stopping = new AbortController();
  let begun = 0;
  const visit = async (): Promise<void> => void (++begun === 5 && stopping.abort());
  await sweepOver(20 * blockBytes, visit, { signal: stopping.signal });
  expect(begun).toBeLessThanOrEqual(6);
});

test("a sweep that is paused rests with nothing in flight, and then goes on where it was", async () => {
  const gate = { isPaused: false };
  let inFlight = 0;
  let rests = 0;
  const visited: number[] = [];
  await sweepOver(
    10 * blockBytes,
    async (offset) => {
      visited.push(offset / blockBytes);
      inFlight++;
      await unevenly(offset);
      inFlight--;
      if (offset === 4 * blockBytes) gate.isPaused = true;
    },
    {
      lanes: 3,
      gate,
      rest: async () => {
        expect(inFlight).toBe(0);
        rests++;
        gate.isPaused = false;
      },
    },
  );
  expect(rests).toBe(1);
  expect(visited).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
