/** Who has a device open for writing: what no claim, holder or mount tells, a virtual machine on a raw disk for one. */
import type { FileStat, Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";

/** A process that has devices or practice files open for writing. */
export interface Writer {
  readonly pid: string;
  /** "process 12 (qemu-system-x86)" */
  readonly name: string;
  /** The numbers of the devices. */
  readonly numbers: readonly string[];
  /** The paths by which it opened them, and practice files. */
  readonly paths: readonly string[];
}

/** In how many looks every process has been looked into; new ones are at once. */
const turns = 8;

/**
 * Looking into every process takes its time (35 µs of processor time for each open file), so what one was found to
 * write to is remembered for some looks. Who was seen writing is looked at each time.
 */
export class WritersMemory {
  readonly #known = new Map<string, Writer | null>();
  readonly #ours: ReadonlySet<string>;
  #look = 0;

  /** `ours`: the ids of processes that others have started and that are no strangers all the same. */
  constructor(ours: ReadonlySet<string> = new Set()) {
    this.#ours = ours;
  }

  /**
   * The processes other than ourselves, ours and those we started: our jobs write to disks, and are no strangers. `isFile`
   * says of a path whether it is a practice file. Readers (udev, smartd) are no harm.
   */
  async writers(machine: Machine, isFile: (path: string) => boolean): Promise<Writer[]> {
    const turn = this.#look++ % turns;
    const pids = await otherProcesses(machine);
    for (const pid of this.#known.keys()) if (!pids.includes(pid)) this.#known.delete(pid);
    const isDue = (pid: string) => Number(pid) % turns === turn || this.#known.get(pid) !== null;
    await Promise.all(
      pids.filter(isDue).map(async (pid) => this.#known.set(pid, await readWriter(machine, pid, isFile))),
    );
    const writers = [...this.#known.values()].filter((writer) => writer !== null);
    return writers.filter(({ pid }) => !this.#ours.has(pid));
  }
}

/**
 * The other processes that have the file at `path` open for writing now, by name. Only processes that we may look into
 * are seen; the station of a real machine runs as root.
 */
export async function writersOf(machine: Machine, path: string, file: FileStat): Promise<string[]> {
  const writers = await new WritersMemory().writers(machine, (opened) => opened === path);
  return writers
    .filter(({ numbers, paths }) =>
      file.number === null ? paths.includes(path) : numbers.includes(file.number),
    )
    .map(({ name }) => name);
}

async function otherProcesses(machine: Machine): Promise<string[]> {
  const self = await machine.readLink("/proc/self");
  return (await machine.list("/proc")).filter((name) => /^\d+$/.test(name) && name !== self);
}

async function readWriter(
  machine: Machine,
  pid: string,
  isFile: (path: string) => boolean,
): Promise<Writer | null> {
  const numbers: string[] = [];
  const paths: string[] = [];
  for (const fd of await namesIn(machine, `/proc/${pid}/fd`)) {
    const path = await openForWriting(machine, pid, fd, isFile);
    if (path === null) continue;
    paths.push(path);
    const number = path.startsWith("/dev/") ? (await machine.stat(`/proc/${pid}/fd/${fd}`))?.number : null;
    if (typeof number === "string") numbers.push(number);
  }
  if (paths.length === 0 || (await isOurs(machine, pid))) return null;
  const command = printable(await machine.readText(`/proc/${pid}/comm`));
  return { pid, name: `process ${pid}${command === null ? "" : ` (${command})`}`, numbers, paths };
}

/** The link's text is looked at first: to ask a file on a dead network mount for its status would hang us. */
async function openForWriting(
  machine: Machine,
  pid: string,
  fd: string,
  isFile: (path: string) => boolean,
): Promise<string | null> {
  const path = await machine.readLink(`/proc/${pid}/fd/${fd}`).catch(() => null);
  if (path === null || !(isFile(path) || (path.startsWith("/dev/") && !neverDisks.test(path)))) return null;
  return isReadOnly(await machine.readText(`/proc/${pid}/fdinfo/${fd}`)) ? null : path;
}

/** Most of what processes have open under /dev. */
const neverDisks =
  /^\/dev\/(null$|zero$|u?random$|ptmx$|tty|pts\/|shm\/|kvm$|fuse$|vhost|net\/|dri\/|input\/)/;

/** True for a process that we started, or one that such a process started. */
async function isOurs(machine: Machine, pid: string): Promise<boolean> {
  const self = await machine.readLink("/proc/self");
  for (
    let above: string | null = pid;
    above !== null && above !== "0";
    above = await parentOf(machine, above)
  ) {
    if (above === self) return true;
  }
  return false;
}

/** Field 4 of /proc/PID/stat, counted from the last ")" (proc_pid_stat(5)). */
async function parentOf(machine: Machine, pid: string): Promise<string | null> {
  const stat = await machine.readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? null;
}

/** A process of another user is closed to us. */
async function namesIn(machine: Machine, folder: string): Promise<string[]> {
  return machine.list(folder).catch(() => []);
}

/** "flags: 02100002", octal; the last two bits are the access mode and 0 is read-only (proc_pid_fdinfo(5)). */
function isReadOnly(fdinfo: string | null): boolean {
  const flags = /^flags:\s*([0-7]+)/m.exec(fdinfo ?? "")?.[1];
  return flags === undefined || (Number.parseInt(flags, 8) & 3) === 0;
}
