/** What is mounted, from /proc/self/mountinfo (proc_pid_mountinfo(5)), and what is swap. */
import type { Machine } from "../machine/machine.ts";

export interface Mount {
  /** "8:1"; "0:30" for file systems without a device of their own (btrfs, overlay, tmpfs). */
  readonly number: string;
  readonly point: string;
  readonly type: string;
  readonly source: string;
  readonly options: string;
}

/**
 * The mounts of our own mount namespace. Those of other namespaces (containers) are not in here; the exclusive
 * opening finds them.
 */
export async function readMounts(machine: Machine): Promise<Mount[]> {
  const text = await machine.readText("/proc/self/mountinfo");
  if (text === null) throw new Error("Cannot tell what is mounted: /proc/self/mountinfo cannot be read");
  return text.split("\n").filter(Boolean).map(parseMount);
}

/**
 * The mount that a path lies on; the path with every symbolic link followed. Of several at one point the last covers the
 * others. Null when nothing is mounted at "/", as in the initial file system of some kernels.
 */
export function mountAt(mounts: readonly Mount[], path: string): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts) {
    if (isWithin(mount.point, path) && mount.point.length >= (found?.point.length ?? 0)) found = mount;
  }
  return found;
}

function isWithin(folder: string, path: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

/** "36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/root rw": any number of optional fields before the dash. */
function parseMount(line: string): Mount {
  const fields = line.split(" ").map(unescapeOctal);
  const dash = fields.indexOf("-", 6);
  const [type = "", source = "", options = ""] = fields.slice(dash + 1);
  return { number: fields[2] ?? "", point: fields[4] ?? "", type, source, options };
}

/** The paths of swap devices and swap files. A kernel without swap has no such file. */
export async function readSwaps(machine: Machine): Promise<string[]> {
  const text = (await machine.readText("/proc/swaps")) ?? "";
  return text
    .split("\n")
    .slice(1)
    .map((line) => unescapeOctal(line.split(/\s/)[0] ?? ""))
    .filter(Boolean);
}

/** The kernel writes space, tab, newline and backslash as "\040" and so on. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
