/** Who else has a device open for writing: what no claim, holder or mount tells, a virtual machine on a raw disk for one. */
import type { FileStat, Machine } from "../machine/machine.ts";

/**
 * The other processes that have the file at `path` open for writing, as "process 12". Readers (udev, smartd) are no harm.
 * Only processes that we may look into are seen; the station of a real machine runs as root.
 */
export async function writersOf(machine: Machine, path: string, file: FileStat): Promise<string[]> {
  const self = await machine.readLink("/proc/self");
  const pids = (await machine.list("/proc")).filter((name) => /^\d+$/.test(name) && name !== self);
  const writing = await Promise.all(pids.map((pid) => hasOpenForWriting(machine, pid, path, file)));
  return pids.filter((_, i) => writing[i]).map((pid) => `process ${pid}`);
}

async function hasOpenForWriting(
  machine: Machine,
  pid: string,
  path: string,
  file: FileStat,
): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  for (const fd of await namesIn(machine, folder)) {
    if (!(await isSame(machine, `${folder}/${fd}`, path, file))) continue;
    if (!isReadOnly(await machine.readText(`/proc/${pid}/fdinfo/${fd}`))) return true;
  }
  return false;
}

/** A process of another user is closed to us. */
async function namesIn(machine: Machine, folder: string): Promise<string[]> {
  return machine.list(folder).catch(() => []);
}

/** The link's text is looked at first: to ask a file on a dead network mount for its status would hang us. */
async function isSame(machine: Machine, link: string, path: string, file: FileStat): Promise<boolean> {
  const target = await machine.readLink(link).catch(() => null);
  if (target === path) return true;
  if (file.number === null || target?.startsWith("/dev/") !== true) return false;
  return (await machine.stat(link))?.number === file.number;
}

/** "flags: 02100002", octal; the last two bits are the access mode and 0 is read-only (proc_pid_fdinfo(5)). */
function isReadOnly(fdinfo: string | null): boolean {
  const flags = /^flags:\s*([0-7]+)/m.exec(fdinfo ?? "")?.[1];
  return flags === undefined || (Number.parseInt(flags, 8) & 3) === 0;
}
