/**
 * What this machine serves to others: the kernel's targets for iSCSI and Fibre Channel (LIO) and for NVMe over networks
 * (nvmet), as configfs shows them. nvmet claims nothing of what it serves, so no exclusive opening fails.
 */
import { readProperties, type Machine } from "../machine/machine.ts";

export interface Export {
  /** The device or file that is served. */
  readonly path: string;
  /** "8:16" of a device, null of a file. */
  readonly number: string | null;
  /** As what, to follow "served": "over NVMe as nqn.2026-01.org.example:one". */
  readonly as: string;
}

export async function readExports(machine: Machine): Promise<Export[]> {
  return [...(await lioExports(machine)), ...(await nvmeExports(machine))];
}

const lio = "/sys/kernel/config/target/core";
const nvmet = "/sys/kernel/config/nvmet/subsystems";

/** `targetcli` writes the path into `udev_path` for files too; the kernel itself only remembers it. */
async function lioExports(machine: Machine): Promise<Export[]> {
  const folders = await foldersIn(machine, lio);
  const disks = (await Promise.all(folders.map((folder) => foldersIn(machine, folder)))).flat();
  return exportsOf(machine, disks, "udev_path", (disk) => `by the iSCSI target as ${lastPart(disk)}`);
}

async function nvmeExports(machine: Machine): Promise<Export[]> {
  const subsystems = await foldersIn(machine, nvmet);
  const spaces = await Promise.all(subsystems.map((folder) => foldersIn(machine, `${folder}/namespaces`)));
  return exportsOf(
    machine,
    spaces.flat(),
    "device_path",
    (space) => `over NVMe as ${space.split("/").at(-3)}`,
  );
}

async function exportsOf(
  machine: Machine,
  folders: readonly string[],
  pathProperty: "udev_path" | "device_path",
  as: (folder: string) => string,
): Promise<Export[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const property = await readProperties(machine, folder, ["enable", pathProperty]);
      const path = property(pathProperty);
      if (path === null || property("enable") !== "1") return [];
      return { path, number: (await machine.stat(path))?.number ?? null, as: as(folder) };
    }),
  );
  return found.flat();
}

async function foldersIn(machine: Machine, folder: string): Promise<string[]> {
  return (await machine.list(folder)).map((name) => `${folder}/${name}`);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
