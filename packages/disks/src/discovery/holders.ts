/** The devices that are made of others: device-mapper, MD and bcache, as sysfs links them to what they hold. */
import { readProperties, type Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";

export interface Holder {
  readonly name: string;
  /** "252:0"; null when it leaves just now. */
  readonly number: string | null;
  /** What it is, in words: "LUKS cryptroot", "LVM vg-home", "raid1"; null when it does not say. */
  readonly title: string | null;
}

/** Those made of the device in that folder, and those made of them. */
export async function holdersOf(machine: Machine, folder: string): Promise<Holder[]> {
  const found = new Map<string, Holder>();
  await collect(machine, folder, found);
  return [...found.values()];
}

async function collect(machine: Machine, folder: string, found: Map<string, Holder>): Promise<void> {
  for (const name of await machine.list(`${folder}/holders`)) {
    if (found.has(name)) continue;
    const above = `${folder}/holders/${name}`;
    found.set(name, await readHolder(machine, above, name));
    await collect(machine, above, found);
  }
}

async function readHolder(machine: Machine, folder: string, name: string): Promise<Holder> {
  const property = await readProperties(machine, folder, ["dev", "dm/name", "dm/uuid", "md/level"]);
  const given = printable(property("dm/name"));
  const kind = kindOf(property("dm/uuid") ?? "");
  const title = printable([kind, given].filter(Boolean).join(" ")) ?? printable(property("md/level"));
  return { name, number: property("dev"), title };
}

/** Those who make device-mapper devices put their name before the UUID; `dmsetup` alone gives none. */
function kindOf(uuid: string): string | null {
  const kinds = [
    ["LVM-", "LVM"],
    ["CRYPT-LUKS", "LUKS"],
    ["CRYPT-", "encryption"],
    ["mpath-", "multipath"],
    ["part", "partition"],
  ] as const;
  return kinds.find(([prefix]) => uuid.startsWith(prefix))?.[1] ?? null;
}
