/** Whether a tool that an earlier process of ours started still waits for a disk: killing us does not end it. */
import type { Machine } from "../machine/machine.ts";

/** By the command lines of all processes (proc_pid_cmdline(5)): one of our blocking tools with that disk's path. */
export async function isToolAtWork(machine: Machine, path: string): Promise<boolean> {
  const pids = (await machine.list("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => machine.readText(`/proc/${pid}/cmdline`)));
  return lines.some((line) => {
    const words = line?.split("\0") ?? [];
    const program = words[0]?.split("/").at(-1) ?? "";
    return ["hdparm", "nvme"].includes(program) && words.includes(path);
  });
}
