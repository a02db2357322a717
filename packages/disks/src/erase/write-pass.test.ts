import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../testing/memory-disk.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { Workbench } from "../testing/workbench.ts";
import { blockBytes } from "./streams/block-maker.ts";

const blocks = 64;
const sizeBytes = blocks * blockBytes + 512;

/** A disk that takes so many milliseconds for each operation, and how long each write to it was. */
function benchWith(operationMs: number) {
  const clock = new VirtualClock();
  const disk = new MemoryDisk({ sizeBytes, byte: 0xbe, latency: { clock, ms: () => operationMs } });
  const lengths: number[] = [];
  disk.faults.before = (operation, _offset, lengthBytes) => {
    if (operation === "write") lengths.push(lengthBytes);
  };
  return { bench: new Workbench({ disk, clock }), lengths };
}

/** The pattern laid over the whole disk. */
const laid = (hex: string): Buffer => Buffer.alloc(sizeBytes, hex, "hex");

describe("a pattern", () => {
  test("goes to a fast disk four blocks at a time, as soon as it is known to be fast", async () => {
    const { bench, lengths } = benchWith(20);
    await bench.erase(await bench.plan({ method: { title: "Three", source: "", passes: ["a1b2c3"] } }));
    expect(lengths[0]).toBe(blockBytes);
    expect(Math.max(...lengths)).toBe(4 * blockBytes);
    expect(laid("a1b2c3").equals(bench.disk.bytes)).toBe(true);
  });

  test("goes to a slow disk block by block, so that it stops soon when it is told to", async () => {
    const { bench, lengths } = benchWith(50);
    await bench.erase(await bench.plan());
    expect(Math.max(...lengths)).toBe(blockBytes);
    expect(laid("00").equals(bench.disk.bytes)).toBe(true);
  });

  test("that a bad sector keeps from four blocks is written all around it", async () => {
    const { bench, lengths } = benchWith(20);
    const bad = { offset: 50 * blockBytes + 1024, lengthBytes: 512 };
    bench.disk.spoil({ ...bad, on: "both" });
    const report = await bench.erase(await bench.plan());
    expect(lengths).toContain(4 * blockBytes);
    expect(report).toMatchObject({
      outcome: "erased-with-errors",
      findings: { faulty: [{ ...bad, fault: "write", exact: true }], faultyBytes: 512 },
    });
    const expected = laid("00").fill(0xbe, bad.offset, bad.offset + bad.lengthBytes);
    expect(expected.equals(bench.disk.bytes)).toBe(true);
  });

  test("of which the disk takes less at a time than it is given is laid without a gap", async () => {
    const { bench } = benchWith(20);
    Object.assign(bench.disk.faults, { mostBytes: 3 * blockBytes - 512 });
    await bench.erase(await bench.plan({ method: { title: "Three", source: "", passes: ["a1b2c3"] } }));
    expect(laid("a1b2c3").equals(bench.disk.bytes)).toBe(true);
  });
});

test("random bytes go to the disk half a block at a time, however fast it is", async () => {
  const { bench, lengths } = benchWith(5);
  await bench.erase(await bench.plan({ method: "random" }));
  expect(new Set(lengths)).toEqual(new Set([blockBytes / 2, 512]));
});
