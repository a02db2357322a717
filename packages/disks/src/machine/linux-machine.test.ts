import { expect, test } from "vitest";
import { deviceNumber, linuxMachine } from "./linux-machine.ts";

const machine = linuxMachine();

test("device numbers are unpacked as makedev(3) packs them, beyond eight bits too", () => {
  expect(deviceNumber(0x10301n)).toBe("259:1");
  expect(deviceNumber(0x10082cn)).toBe("8:300");
  expect(deviceNumber((0x1000n << 32n) | 0x0001n)).toBe("4096:1");
});

test("what is not there is no answer, not an error", async () => {
  expect(await machine.readText("/sys/block/nothing/size")).toBeNull();
  expect(await machine.list("/sys/block/nothing")).toEqual([]);
  expect(await machine.resolve("/dev/nothing")).toBeNull();
  expect(await machine.readLink("/dev/nothing")).toBeNull();
  expect(await machine.stat("/dev/nothing")).toBeNull();
});

test("what cannot be read though it is there is an error", async () => {
  await expect(machine.readText("/proc")).rejects.toMatchObject({ code: "EISDIR" });
});
