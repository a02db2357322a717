/** Tells a process from any later one with the same pid. */
import type { ProcessId } from "../disk-host.ts";
import type { Machine } from "./machine.ts";

/** Null when there is no process of that pid. */
export async function readProcessId(machine: Machine, pid: number): Promise<ProcessId | null> {
  const stat = await readStat(machine, pid);
  return stat && { pid, startTicks: stat.startTicks, bootId: await readBootId(machine) };
}

/** Names the time since the kernel started (proc_sys_kernel(5)). */
export async function readBootId(machine: Machine): Promise<string> {
  const bootId = await machine.readText("/proc/sys/kernel/random/boot_id");
  if (bootId === null) throw new Error("Cannot tell which boot this is: /proc is not there");
  return bootId;
}

/**
 * A zombie is dead only when no thread of it is left: one that was killed while a thread hangs in a disk shows as a
 * zombie and still holds the device.
 */
export async function isProcessAlive(machine: Machine, process: ProcessId): Promise<boolean> {
  const stat = await readStat(machine, process.pid);
  if (stat?.startTicks !== process.startTicks || (await readBootId(machine)) !== process.bootId) return false;
  const threads = await machine.list(`/proc/${process.pid}/task`);
  return stat.state !== "Z" || threads.length > 1;
}

/** Counted from the last ")": the name of the program stands in parentheses and may hold anything. */
async function readStat(
  machine: Machine,
  pid: number,
): Promise<{ state: string; startTicks: string } | null> {
  const text = await machine.readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", startTicks: fields[19] ?? "" };
}
