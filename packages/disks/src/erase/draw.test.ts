import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { drawBelow, drawBytes } from "./draw.ts";

const seedHex = "0123456789abcdef".repeat(4);

test("what is drawn is SHA-256 of the seed's bytes and the label", () => {
  const hash = createHash("sha256").update(Buffer.from(seedHex, "hex")).update("key of pass 1");
  expect(Buffer.from(drawBytes(seedHex, "key of pass 1")).equals(hash.digest())).toBe(true);
});

test("numbers stay below their limit, and all of them come", () => {
  for (const limit of [1, 2, 27]) {
    const drawn = new Set(Array.from({ length: 300 }, (_, i) => drawBelow(seedHex, `number ${i}`, limit)));
    expect([...drawn].toSorted((a, b) => a - b)).toEqual(Array.from({ length: limit }, (_, i) => i));
  }
});

test("what would make the low numbers come more often is drawn again", () => {
  const limit = 3 * 2 ** 30; // a quarter of the 32 bits lie beyond the last whole multiple
  const labels = Array.from({ length: 400 }, (_, i) => `number ${i}`);
  const firstTry = (label: string) => Buffer.from(drawBytes(seedHex, `${label}, try 1`)).readUInt32BE(0);
  const again = labels.filter((label) => firstTry(label) >= limit);
  expect(again.length).toBeGreaterThan(50);
  for (const label of again) expect(drawBelow(seedHex, label, limit)).not.toBe(firstTry(label) % limit);
  const low = labels.filter((label) => drawBelow(seedHex, label, limit) < 2 ** 30).length;
  expect(low).toBeGreaterThan(100); // a third, 133, and not a half
  expect(low).toBeLessThan(166);
});
