import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../testing/memory-disk.ts";
import { Workbench, someSeedHex } from "../testing/workbench.ts";
import { bytesOf, endOf } from "./range.ts";
import { bytesOfReading, isSampled, placesOf } from "./sample.ts";

const TB = 1e12;
const MiB = 1024 ** 2;

describe.each([
  ["sampled", 0.05],
  ["quick", 0.005],
] as const)("a %s reading", (reading, share) => {
  test.each([32 * MiB + 512, 480e9, TB, 20 * TB + 4096 * 3])("of %i bytes reads both ends", (sizeBytes) => {
    const places = placesOf(sizeBytes, reading, someSeedHex, "test");
    expect(places[0]?.offset).toBe(0);
    expect(endOf(places.at(-1)!)).toBe(sizeBytes);
  });

  test("has two places in each of a thousand subsections, of that share of it, that do not overlap", () => {
    const sizeBytes = TB;
    const places = placesOf(sizeBytes, reading, someSeedHex, "test");
    const section = sizeBytes / 1000;
    for (let i = 0; i < 1000; i++) {
      const inside = places.filter(
        ({ offset, lengthBytes }) =>
          offset < (i + 1) * section && offset + lengthBytes > i * section && lengthBytes > 4096,
      );
      const bytes = inside.reduce(
        (sum, place) => sum + Math.min(endOf(place), (i + 1) * section) - Math.max(place.offset, i * section),
        0,
      );
      expect(bytes).toBeGreaterThan(2 * share * section * 0.99);
    }
    expect(bytesOf(places)).toBeGreaterThanOrEqual(2 * share * sizeBytes);
    expect(bytesOf(places)).toBeLessThan(2.01 * share * sizeBytes);
  });

  test("reads as much as the plan says, whatever the seed", () => {
    for (const sizeBytes of [32 * MiB, 1_000_000_512, TB]) {
      for (const seedHex of ["00".repeat(32), someSeedHex]) {
        expect(bytesOf(placesOf(sizeBytes, reading, seedHex, "test"))).toBe(
          bytesOfReading(sizeBytes, reading),
        );
      }
    }
  });

  test("goes to the same places for the same seed, and to others for another", () => {
    const places = (seedHex: string) => placesOf(TB, reading, seedHex, "test");
    expect(places(someSeedHex)).toEqual(places(someSeedHex));
    expect(places(someSeedHex)).not.toEqual(places("00".repeat(32)));
  });

  test("of a small disk is a full one", () => {
    for (const sizeBytes of [512, 4096, 4097 * 512, 8 * MiB]) {
      expect(isSampled(sizeBytes, reading)).toBe(false);
      expect(placesOf(sizeBytes, reading, someSeedHex, "test")).toEqual([
        { offset: 0, lengthBytes: sizeBytes },
      ]);
      expect(bytesOfReading(sizeBytes, reading)).toBe(sizeBytes);
    }
  });

  test("reads from the disk what it says, and the report does not call it more", async () => {
    const bench = new Workbench({ disk: new MemoryDisk({ sizeBytes: 32 * MiB, byte: 0xbe }) });
    const plan = await bench.plan({ reading });
    const report = await bench.erase(plan);
    const readBytes = bytesOfReading(32 * MiB, reading);
    expect(bench.disk.counts.bytesRead).toBe(readBytes);
    expect(plan.bytesTotal).toBe(32 * MiB + readBytes);
    expect(report).toMatchObject({
      outcome: "erased",
      message: expect.stringMatching(
        /^Every addressable byte was written, and samples of [\d.]+ MB were read back as written$/,
      ),
      findings: { passes: [{ verification: { kind: reading, bytesRead: readBytes } }] },
    });
    expect(bench.events.at(-1)).toMatchObject({ bytesDone: plan.bytesTotal, bytesTotal: plan.bytesTotal });
  });
});

test("a lying disk is found by samples when what it did not write is large", async () => {
  const disk = new MemoryDisk({
    sizeBytes: 32 * MiB,
    byte: 0xbe,
    faults: { lies: (offset) => offset >= 16 * MiB },
  });
  const bench = new Workbench({ disk });
  expect((await bench.erase(await bench.plan({ reading: "sampled" }))).outcome).toBe("failed");
});
