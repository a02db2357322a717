import { expect, test } from "vitest";
import { timeText } from "./time-text.ts";

test("a time is shown with its date, largest unit first", () => {
  expect(timeText("2026-11-22T14:03:21Z")).toMatch(/^2026-11-2\d \d\d:\d\d:21$/);
});
