/** Who keeps a file system busy: what fuser(1) would tell. Only read when an unmounting has failed. */
import { readLoops } from "../discovery/loops.ts";
import type { Mount } from "../discovery/mounts.ts";
import type { Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";
import { isBelow } from "./mounted.ts";

const toldAtMost = 5;

/** In words, the first few: "process 412 (bash)", "/mnt/tmp, which is mounted in it". */
export async function keepersOf(machine: Machine, all: readonly Mount[], mount: Mount): Promise<string[]> {
  const { point, number } = mount;
  const inIt = all.filter((other) => isBelow(other.point, point));
  const loops = (await readLoops(machine)).filter(({ backing }) => backing?.onDevice === number);
  const processes = await processesIn(machine, point);
  const words = [
    ...inIt.map((other) => `${printable(other.point)}, which is mounted in it`),
    ...loops.map(({ name }) => `/dev/${name}, which is a file on it`),
    ...processes,
  ];
  return words.length > toldAtMost ? [...words.slice(0, toldAtMost), "more"] : words;
}

/** Another mount namespace in which one of these devices is still mounted, as a container's: in words, or null. */
export async function keptElsewhere(machine: Machine, numbers: ReadonlySet<string>): Promise<string | null> {
  const own = await machine.readLink("/proc/self/ns/mnt");
  const seen = new Set([own]);
  for (const pid of await pids(machine)) {
    const namespace = await link(machine, `/proc/${pid}/ns/mnt`);
    if (namespace === null || seen.has(namespace)) continue;
    seen.add(namespace);
    const mounts = await machine.readText(`/proc/${pid}/mountinfo`).catch(() => null);
    const isThere = (mounts ?? "").split("\n").some((line) => numbers.has(line.split(" ")[2] ?? ""));
    if (isThere) return named(machine, pid);
  }
  return null;
}

/** By the texts of links alone: to ask a file on a dead disk for its status would hang us. */
async function processesIn(machine: Machine, point: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await pids(machine)) {
    if (found.length > toldAtMost) break;
    if (await isIn(machine, pid, point)) found.push(await named(machine, pid));
  }
  return found;
}

async function isIn(machine: Machine, pid: string, point: string): Promise<boolean> {
  const fds = await machine.list(`/proc/${pid}/fd`).catch(() => []);
  for (const name of ["cwd", "root", "exe", ...fds.map((fd) => `fd/${fd}`)]) {
    const target = await link(machine, `/proc/${pid}/${name}`);
    if (target !== null && (target === point || target.startsWith(`${point}/`))) return true;
  }
  return false;
}

async function pids(machine: Machine): Promise<string[]> {
  return (await machine.list("/proc")).filter((name) => /^\d+$/.test(name));
}

/** A process of another user may be closed to us, and any may end at any time. */
async function link(machine: Machine, path: string): Promise<string | null> {
  return machine.readLink(path).catch(() => null);
}

async function named(machine: Machine, pid: string): Promise<string> {
  const name = printable(await machine.readText(`/proc/${pid}/comm`).catch(() => null));
  return `process ${pid}${name === null ? "" : ` (${name})`}`;
}
