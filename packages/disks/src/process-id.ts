/** Tells a process from any later one with the same pid. */
import type { ProcessId } from "./disk-host.ts";
import type { Machine } from "./machine.ts";

/** Null when there is no process of that pid. */
export async function readProcessId(machine: Machine, pid: number): Promise<ProcessId | null> {
  const stat = await readStat(machine, pid);
  const bootId = await machine.readText("/proc/sys/kernel/random/boot_id");
  return stat === null || bootId === null ? null : { pid, startTicks: stat.startTicks, bootId };
}

/**
 * A zombie is dead only when no thread of it is left: one that was killed while a thread hangs in a disk shows as a
 * zombie and still holds the device.
 */
export async function isProcessAlive(machine: Machine, process: ProcessId): Promise<boolean> {
  const found = await readProcessId(machine, process.pid);
  if (found?.startTicks !== process.startTicks || found.bootId !== process.bootId) return false;
  const stat = await readStat(machine, process.pid);
  const threads = await machine.list(`/proc/${process.pid}/task`);
  return stat !== null && (stat.state !== "Z" || threads.length > 1);
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
