import { expect, test } from "vitest";
import { passText } from "./job.ts";

test("a pass is named by what it does now", () => {
  expect(passText({ sweep: "write", patternHex: "00" })).toBe("Writing 00");
  expect(passText({ sweep: "verify", patternHex: "ff" })).toBe("Verifying ff");
});
