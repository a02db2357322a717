/** The other disks that an erase of a whole NVMe subsystem takes along: they must be as free as the one that is meant. */
import { Refusal } from "@trofie/commands/errors";
import { discoverWithoutContents } from "../discovery/discover.ts";
import { nodePath } from "../discovery/block-devices.ts";
import type { Places } from "../discovery/surroundings.ts";
import { reasonOf } from "../disk/disk.ts";
import { readProperties, type Machine } from "../machine/machine.ts";
import { sysfsName } from "./ask-disk.ts";

/** The paths of all other namespaces that this machine sees of the disk's subsystem. */
export async function otherNamespaces(machine: Machine, path: string): Promise<string[]> {
  const own = sysfsName(path);
  const names = (await machine.list("/sys/block")).filter(
    (name) => /^nvme\d+n\d+$/.test(name) && name !== own,
  );
  const subsystem = await subsystemOf(machine, own);
  const others = await Promise.all(
    names.map(async (name) => ((await subsystemOf(machine, name)) === subsystem ? [nodePath(name)] : [])),
  );
  return others.flat();
}

/** Its NQN and serial; where the kernel gives no NQN, the controller that the namespace is attached to. */
async function subsystemOf(machine: Machine, name: string): Promise<string> {
  const folder = `/sys/block/${name}/device`;
  const property = await readProperties(machine, folder, ["subsysnqn", "serial"]);
  const nqn = property("subsysnqn");
  return nqn === null ? `at ${await machine.resolve(folder)}` : `${nqn} ${property("serial")}`;
}

/** Throws the `Refusal` of the first that would be refused itself, or that cannot be looked at. */
export async function refuseUnlessFree(
  machine: Machine,
  places: Places,
  path: string,
  others: readonly string[],
): Promise<void> {
  if (others.length === 0) return;
  const found = await discoverWithoutContents(machine, places);
  for (const other of others) {
    const device = found.find((each) => each.device.path === other)?.device;
    const refusal = device?.refusal ?? null;
    if (refusal === null) continue;
    throw new Refusal(
      refusal.code,
      `Cannot erase ${path}: that would erase its whole NVMe subsystem, and ${other} is not free: ${refusal.state}`,
    );
  }
}

/** Claims them all, so that none is mounted meanwhile; gives back what lets them go. */
export async function claimAll(
  machine: Machine,
  path: string,
  others: readonly string[],
): Promise<() => Promise<void>> {
  const opened: { close(): Promise<void> }[] = [];
  const letGo = async () => {
    for (const disk of opened) await disk.close();
  };
  for (const other of others) {
    try {
      opened.push(await machine.open(other));
    } catch (error) {
      await letGo();
      const why = `that would erase its whole NVMe subsystem, and ${other} cannot be claimed (${reasonOf(error)})`;
      throw new Refusal("DEVICE_IN_USE", `Cannot erase ${path}: ${why}`);
    }
  }
  return letGo;
}
