import { expect, test } from "vitest";
import { nameOf } from "./device.ts";

test("a device's name is the last part of its path", () => {
  expect(nameOf("/dev/sdb")).toBe("sdb");
});
