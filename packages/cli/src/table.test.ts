import { expect, test } from "vitest";
import { formatTable, type Column } from "./table.ts";

const columns: Column[] = [
  { title: "STATE" },
  { title: "DEVICE", least: 6 },
  { title: "SIZE", isOptional: true },
  { title: "JOB" },
];
const rows = [
  ["erased", "/dev/disk/by-id/one", "8 MB", "j_1"],
  ["stopped", "sdb", "16 MB", "j_22"],
];

test("a table with room enough is whole", () => {
  expect(formatTable(columns, rows, Infinity)).toBe(
    [
      "STATE    DEVICE               SIZE   JOB",
      "erased   /dev/disk/by-id/one  8 MB   j_1",
      "stopped  sdb                  16 MB  j_22",
    ].join("\n"),
  );
});

test("on a narrow terminal the widest column is cut, and says so", () => {
  expect(formatTable(columns, rows, 33)).toBe(
    [
      "STATE    DEVICE       SIZE   JOB",
      "erased   /dev/disk/…  8 MB   j_1",
      "stopped  sdb          16 MB  j_22",
    ].join("\n"),
  );
});

test("on a very narrow one a column goes that nobody needs to act", () => {
  expect(formatTable(columns, rows, 21)).toBe(
    ["STATE    DEVICE  JOB", "erased   /dev/…  j_1", "stopped  sdb     j_22"].join("\n"),
  );
});

test("no line is longer than the terminal is wide, as long as something can give", () => {
  for (let most = 21; most < 60; most += 1)
    for (const line of formatTable(columns, rows, most).split("\n"))
      expect(line.length).toBeLessThanOrEqual(most);
});
