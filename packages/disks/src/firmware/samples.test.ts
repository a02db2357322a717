import { expect, test } from "vitest";
import { MemoryDisk, systemError } from "../testing/memory-disk.ts";
import { compareSamples, comparisonText, readSamples, sampleBytes, samplePlaces } from "./samples.ts";

const seed = "5a".repeat(32);
const noTime = { nowMs: () => 0 };

test("the places follow from the seed, are spread over the disk, and the first and the last are among them", () => {
  const sizeBytes = 1e12 - (1e12 % 512);
  const places = samplePlaces(sizeBytes, seed);
  expect(samplePlaces(sizeBytes, seed)).toEqual(places);
  expect(samplePlaces(sizeBytes, "a5".repeat(32))).not.toEqual(places);
  expect(places[0]).toBe(0);
  expect(places.at(-1)).toBe(sizeBytes - sampleBytes);
  for (let i = 0; i < 512; i++) {
    const [from, to] = [(sizeBytes * i) / 512, (sizeBytes * (i + 1)) / 512];
    expect(places.some((place) => place >= from - sampleBytes && place < to)).toBe(true);
  }
});

test.each([
  [512, []],
  [4096, [0]],
  [8192, [0, 4096]],
  [8704, [0, 4096, 4608]],
])("a disk of %d bytes has the places %j", (sizeBytes, places) => {
  expect(samplePlaces(sizeBytes, seed)).toEqual(places);
});

test("what repeats up to four bytes is blank; what repeats seven is data", async () => {
  const bytes = Buffer.alloc(5 * sampleBytes);
  bytes.fill("33cc55aa", sampleBytes, 2 * sampleBytes, "hex");
  bytes.fill("SECRET\n", 2 * sampleBytes, 3 * sampleBytes);
  bytes.fill(0xff, 3 * sampleBytes, 5 * sampleBytes);
  bytes[5 * sampleBytes - 1] = 0;
  const places = [0, 1, 2, 3, 4].map((i) => i * sampleBytes);
  const disk = new MemoryDisk({ sizeBytes: bytes.length });
  disk.bytes.set(bytes);
  const samples = await readSamples(disk, places, noTime);
  expect(samples.map((sample) => /^[0-9a-f]{16}$/.test(sample))).toEqual([false, false, true, false, true]);
  expect(samples.slice(0, 2)).toEqual(["blank", "blank"]);
});

test("a place that cannot be read, or only in part, is unreadable", async () => {
  const disk = new MemoryDisk({ sizeBytes: 3 * sampleBytes });
  disk.spoil({ offset: sampleBytes, lengthBytes: 512, on: "read", code: "ENODATA" });
  const places = [0, sampleBytes, 2 * sampleBytes, 3 * sampleBytes - 512];
  expect(await readSamples(disk, places, noTime)).toEqual(["blank", "unreadable", "blank", "unreadable"]);
});

test("short reads are gone on with", async () => {
  const disk = new MemoryDisk({ sizeBytes: sampleBytes, faults: { mostBytes: 512 } });
  expect(await readSamples(disk, [0], noTime)).toEqual(["blank"]);
});

test("a disk that is slow in failing is not asked for ever", async () => {
  let nowMs = 0;
  let asked = 0;
  const before = () => {
    nowMs += 30_000;
    asked++;
    throw systemError("EIO");
  };
  const disk = new MemoryDisk({ sizeBytes: 100 * sampleBytes, faults: { before } });
  const places = Array.from({ length: 100 }, (_, i) => i * sampleBytes);
  const samples = await readSamples(disk, places, { nowMs: () => nowMs });
  expect(samples).toEqual(places.map(() => "unreadable"));
  expect(asked).toBeLessThan(8);
});

test("only what was data before and is the same is unchanged", () => {
  const before = ["a", "b", "c", "blank", "unreadable"];
  const after = ["a", "x", "unreadable", "blank", "unreadable"];
  const comparison = compareSamples(before, after);
  expect(comparison).toEqual({
    places: 5,
    blankBefore: 1,
    unreadableBefore: 1,
    unchanged: 1,
    changed: 1,
    unreadableNow: 1,
  });
  expect(comparisonText(comparison)).toBe(
    "of 5 samples 1 blank before, 1 unreadable before, 1 changed, 1 unreadable now, 1 unchanged",
  );
});
