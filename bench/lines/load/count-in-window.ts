/** For programs of ours that make load themselves: the measuring window of load/window.c. */
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

export interface Window {
  readonly warmupSeconds: number;
  readonly seconds: number;
  readonly serverPid: number;
}

export interface Counted {
  readonly perSecond: number;
  /** Of a core, taken by programs that are neither this one nor the server. */
  readonly othersShare: number;
}

/** How fast `count` grows, after a warm-up. */
export async function countInWindow(window: Window, count: () => number): Promise<Counted> {
  await delay(window.warmupSeconds * 1_000);
  const before = { count: count(), others: othersCpuSeconds(window.serverPid), ms: performance.now() };
  await delay(window.seconds * 1_000);
  const seconds = (performance.now() - before.ms) / 1_000;
  return {
    perSecond: (count() - before.count) / seconds,
    othersShare: (othersCpuSeconds(window.serverPid) - before.others) / seconds,
  };
}

/** proc_stat(5), in ticks of 10 ms. */
function othersCpuSeconds(serverPid: number): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = readFileSync(
    "/proc/stat",
    "utf8",
  )
    .split(/\s+/)
    .map(Number);
  const machineTicks = user + nice + system + irq + softIrq + steal;
  return (machineTicks - processTicks("self") - processTicks(serverPid)) / 100;
}

function processTicks(pid: number | "self"): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1) ?? "";
  const fields = afterName.split(" ").map(Number);
  return (fields[11] ?? 0) + (fields[12] ?? 0);
}
