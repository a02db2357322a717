import { expect, test } from "vitest";
import type { Fill } from "./fill.ts";
import { jobStates } from "./job-states.ts";
import { faultyRangeText, meaningOf, opensslText, verificationText } from "./words.ts";

const verification = {
  kind: "full",
  bytesRead: 268_435_456,
  mismatchedBytes: 0,
  unreadableBytes: 0,
  evidence: true,
  durationMs: 1,
} as const;

test("a verification says how much was read, how, and what was wrong", () => {
  expect(verificationText(verification)).toBe("268 MB read back, none differs");
  expect(
    verificationText({ ...verification, kind: "quick", mismatchedBytes: 1_000, unreadableBytes: 512 }),
  ).toBe("268 MB read back, quick, 1,000 bytes differ, 512 bytes cannot be read");
  expect(verificationText({ ...verification, evidence: false })).toMatch(/no evidence/);
});

test("a faulty range says where it is, and whether that is exact", () => {
  const range = { offset: 1_048_576, lengthBytes: 4_096, fault: "read", exact: true } as const;
  expect(faultyRangeText(range)).toBe("4,096 bytes at 1,048,576 cannot be read back");
  expect(faultyRangeText({ ...range, exact: false, fault: "write" })).toBe(
    "some of 4,096 bytes at 1,048,576 cannot be written",
  );
});

test("only of an erase is it said that the disk is not erased", () => {
  expect(meaningOf({ kind: "erase", state: "failed" })).toBe("The disk is not erased");
  const others = jobStates.map((state) => meaningOf({ kind: "verify", state }));
  expect(others.filter((meaning) => meaning?.includes("erased"))).toEqual([]);
});

test("the command of a random pass has its key, and begins at the device's first byte", () => {
  const keyHex = "0123456789abcdef".repeat(4);
  expect(opensslText({ kind: "random", stream: "aes-256-ctr", keyHex })).toBe(
    `openssl enc -aes-256-ctr -K ${keyHex} -iv 00000000000000000000000000000000 -in /dev/zero`,
  );
});

test.each<Fill>([
  { kind: "pattern", hex: "00" },
  { kind: "random", stream: "chacha8", keyHex: "0".repeat(64) },
])("openssl has no command for %j", (fill) => {
  expect(opensslText(fill)).toBeNull();
});
