/** Bytes that are not as they were written are found, wherever they are. */
import { createCipheriv } from "node:crypto";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fill } from "@trofie/contract";
import { afterAll, expect, test } from "vitest";
import { erasedLast, firstDifference } from "./medium.ts";

const folder = mkdtempSync(join(tmpdir(), "trofie-soak-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "disk");
/** More than is compared at once. */
const sizeBytes = 5 * 1_048_576 + 512;
const keyHex = "07".repeat(32);

/** The bytes, made in one go. */
function wholeOf(fill: Fill): Buffer {
  if (fill.kind === "pattern") return Buffer.alloc(sizeBytes, fill.hex, "hex");
  return createCipheriv(fill.stream, Buffer.from(fill.keyHex, "hex"), Buffer.alloc(16)).update(
    Buffer.alloc(sizeBytes),
  );
}

test.each<Fill>([
  { kind: "pattern", hex: "00" },
  { kind: "pattern", hex: "924924" },
  { kind: "random", stream: "aes-256-ctr", keyHex },
  { kind: "random", stream: "chacha20", keyHex },
])("one wrong byte is found where it is: %o", (fill) => {
  const bytes = wholeOf(fill);
  writeFileSync(path, bytes);
  expect(firstDifference(path, fill, sizeBytes)).toBe(null);
  for (const at of [0, 4 * 1_048_576, sizeBytes - 1]) {
    bytes[at]! ^= 1;
    writeFileSync(path, bytes);
    expect(firstDifference(path, fill, sizeBytes)).toBe(at);
    bytes[at]! ^= 1;
  }
});

test("a file that has become shorter differs at its end", () => {
  writeFileSync(path, Buffer.alloc(sizeBytes));
  truncateSync(path, 1_000);
  expect(firstDifference(path, { kind: "pattern", hex: "00" }, sizeBytes)).toBe(1_000);
});

test("a disk is compared only with the erase that nobody has written after", () => {
  const job = (number: number, state: string, startedAt: string | null) => ({
    number,
    id: `j${number}`,
    ended: 1,
    job: JSON.stringify({ id: `j${number}`, kind: "erase", path, state, startedAt }),
  });
  expect(erasedLast([job(1, "erased", "then"), job(2, "queued", null)], path)?.id).toBe("j1");
  expect(erasedLast([job(1, "erased", "then"), job(2, "stopped", "later")], path)).toBe(null);
  expect(erasedLast([job(1, "erased", "then")], "elsewhere")).toBe(null);
});
