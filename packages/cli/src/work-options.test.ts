import { expect, test } from "vitest";
import { rateOf } from "./work-options.ts";

test.each([
  ["5M", 5_000_000],
  ["5 MB/s", 5_000_000],
  ["2.5m", 2_500_000],
  ["800kB", 800_000],
  ["1G", 1e9],
  ["1500000", 1_500_000],
])("a rate of %s is so many bytes in a second", (text, rate) => {
  expect(rateOf(text)).toBe(rate);
});

test.each(["", "0", "fast", "5MiB/s", "-1M", "5M/min", "1e9", "9999G"])("%j is no rate", (text) => {
  expect(() => rateOf(text)).toThrow("It is bytes in a second, such as 5M.");
});
