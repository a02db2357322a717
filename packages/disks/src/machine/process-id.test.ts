import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { linuxMachine } from "./linux-machine.ts";
import { isProcessAlive, readProcessId } from "./process-id.ts";
import { memoryMachine } from "../testing/memory-machine.ts";

const machine = linuxMachine();

test("a process is alive until it has ended", async () => {
  const child = spawn("sleep", ["60"]);
  const id = await readProcessId(machine, child.pid ?? 0);
  if (id === null) throw new Error("sleep is gone");
  expect(await isProcessAlive(machine, id)).toBe(true);
  child.kill();
  await once(child, "exit");
  expect(await isProcessAlive(machine, id)).toBe(false);
});

/** pid 7 of a machine, with the start time and state that matter; the program's name is chosen to confuse. */
function machineWithProcess(state: string, threads: readonly string[]) {
  const after = ["1", ...Array.from({ length: 17 }, () => "0"), "4711", "0"];
  return memoryMachine({
    "/proc/7/stat": `7 (a) Z (b) ${state} ${after.join(" ")}`,
    "/proc/sys/kernel/random/boot_id": "boot-1",
    ...Object.fromEntries(threads.map((thread) => [`/proc/7/task/${thread}`, ""])),
  });
}

const seven = { pid: 7, startTicks: "4711", bootId: "boot-1" };

test("a pid that was given to another process is not the old process", async () => {
  const there = machineWithProcess("S", ["7"]);
  expect(await isProcessAlive(there, seven)).toBe(true);
  expect(await isProcessAlive(there, { ...seven, startTicks: "4000" })).toBe(false);
  expect(await isProcessAlive(there, { ...seven, bootId: "boot-0" })).toBe(false);
  expect(await isProcessAlive(there, { ...seven, pid: 8 })).toBe(false);
});

test("a zombie is dead, but not while one of its threads still hangs in a disk", async () => {
  expect(await isProcessAlive(machineWithProcess("Z", ["7"]), seven)).toBe(false);
  expect(await isProcessAlive(machineWithProcess("Z", ["7", "9"]), seven)).toBe(true);
});
