/** The imported ZFS pools. ZFS claims its disks, but the kernel shows of no disk that it is in a pool. */
import type { Machine } from "../machine/machine.ts";

export interface Pool {
  readonly name: string;
  /** The numbers of its devices; none when `zpool` does not say. */
  readonly numbers: readonly string[];
}

/** Asks `zpool` only where a pool is imported. A suspended pool may keep it from answering. */
export async function readPools(machine: Machine): Promise<Pool[]> {
  const folder = "/proc/spl/kstat/zfs";
  const names = await machine.list(folder);
  const states = await Promise.all(names.map((name) => machine.readText(`${folder}/${name}/state`)));
  if (states.every((state) => state === null)) return [];
  const listing = parsePools((await machine.run("zpool", ["list", "-vHPL"])) ?? "");
  return Promise.all(
    names
      .filter((_, i) => states[i] !== null)
      .map(async (name) => {
        const files = await Promise.all((listing.get(name) ?? []).map((path) => machine.stat(path)));
        return { name, numbers: files.flatMap((file) => file?.number ?? []) };
      }),
  );
}

/** A pool begins a line with its name; its devices stand under it behind a tab, by the paths that -P and -L ask for. */
function parsePools(text: string): Map<string, string[]> {
  const pools = new Map<string, string[]>();
  let members: string[] = [];
  for (const line of text.split("\n")) {
    const [pool = "", device = ""] = line.split("\t");
    if (pool !== "") pools.set(pool, (members = []));
    else if (device.startsWith("/dev/")) members.push(device);
  }
  return pools;
}
