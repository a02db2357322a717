import type { Device } from "@trofie/contract";
import { expect, test } from "vitest";
import { namesOf } from "./device-names.ts";

const device = (path: string, kind: Device["identity"]["kind"]): Device =>
  ({ path, identity: { kind } }) as Device;
const devices = [
  device("/dev/loop0", "loop"),
  device("/var/lib/practice/one", "practice"),
  device("/var/lib/practice/loop0", "practice"),
];

test("a practice disk is called by its name, where no other device could be meant by it", () => {
  expect(namesOf(devices, true)).toEqual(["/dev/loop0", "one", "/var/lib/practice/loop0"]);
});

test("a program reads whole paths", () => {
  expect(namesOf(devices, false)).toEqual(devices.map(({ path }) => path));
});
