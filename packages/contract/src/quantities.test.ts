import { expect, test } from "vitest";
import {
  bytesText,
  durationText,
  exactBytesText,
  percentOf,
  rateText,
  timeLeftText,
  timeText,
} from "./quantities.ts";

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_000, "1.00 kB"],
  [268_435_456, "268 MB"],
  [999_499_999, "999 MB"],
  [999_500_000, "1.00 GB"],
  [9_994_999_999, "9.99 GB"],
  [9_995_000_000, "10.0 GB"],
  [99_950_000_000, "100 GB"],
  [2_000_398_934_016, "2.00 TB"],
  [5e18, "5000 PB"],
])("%d bytes are shown as %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test("exact bytes have their thousands apart", () => {
  expect(exactBytesText(268_435_456)).toBe("268,435,456 bytes");
});

test("a rate is bytes by the second", () => {
  expect(rateText(895_400_000.4)).toBe("895 MB/s");
});

test.each([
  [0, "0 ms"],
  [45.4, "45 ms"],
  [100, "0.1 s"],
  [440, "0.4 s"],
  [9_949, "9.9 s"],
  [9_950, "10 s"],
  [59_499, "59 s"],
  [59_500, "1 min"],
  [200_000, "3 min 20 s"],
  [7_500_000, "2 h 5 min"],
  [3_605_000, "1 h"],
  [100_800_000, "1 d 4 h"],
])("%d ms are shown as %s", (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text);
});

test("at the end no time is left, and none is said to be", () => {
  expect([12_000, 0, null].map(timeLeftText)).toEqual(["12 s left", null, null]);
});

test("100 percent is said only when the last byte is done", () => {
  expect(percentOf(999, 1000)).toBe(99);
  expect(percentOf(1000, 1000)).toBe(100);
  expect(percentOf(0, 0)).toBe(0);
});

test("a time is shown with its date, largest unit first", () => {
  expect(timeText("2026-11-22T14:03:21Z")).toMatch(/^2026-11-2\d \d\d:\d\d:21$/);
});
