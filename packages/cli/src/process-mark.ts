/** A name for a process that is never given again, so that others can tell whether it is still there. */
import { readFileSync } from "node:fs";

/** The process's id, when it started, and in which boot: "4711-182736-3f2a9c01". */
export const ownMark = `${process.pid}-${startOf(process.pid) ?? 0}-${bootId()}`;

/** False when it is certain that the process with this mark, of this machine, has ended. */
export function isAlive(mark: string): boolean {
  const [, pid, start, boot] = /^(\d+)-(\d+)-(\w+)$/.exec(mark) ?? [];
  return boot === bootId() && startOf(Number(pid)) === Number(start);
}

/** In clock ticks since the boot; null when there is no such process, or only what is left of one (proc_pid_stat(5)). */
function startOf(pid: number): number | null {
  const stat = textOf(`/proc/${pid}/stat`);
  // The program's name stands in parentheses, and may hold spaces and parentheses itself.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const isOver = state === "" || state === "Z" || state === "X";
  return isOver ? null : Number(fields[18]);
}

function bootId(): string {
  return textOf("/proc/sys/kernel/random/boot_id").slice(0, 8);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
