/**
 * Which files of a kernel a machine needs, by what `depmod` wrote about all of them.
 */

/** Every module that a machine of the lab may be asked to load. */
export const labModules = [
  "virtio_pci virtio_blk virtio_net virtio_scsi virtio_console 9p 9pnet_virtio overlay",
  "ext4 xfs vfat nls_ascii nls_cp437 crc32c_generic",
  "nvme nvme-tcp ahci sd_mod sg iscsi_tcp xhci-pci usb-storage uas",
  "scsi_debug null_blk loop nbd dm-mod dm-flakey dm-delay dm-crypt raid1",
].flatMap((names) => names.split(" "));

/** The files of `names` and of everything they depend on. Fails when this kernel lacks one. */
export function moduleFiles(names: readonly string[], modulesDep: string, modulesBuiltin: string): string[] {
  const dependencies = new Map(parseModulesDep(modulesDep));
  const byName = new Map([...dependencies.keys()].map((file) => [moduleName(file), file]));
  const builtIn = new Set(modulesBuiltin.trim().split("\n").map(moduleName));
  const wanted = new Set<string>();
  for (const name of names) {
    const file = byName.get(moduleName(name));
    if (!file && !builtIn.has(moduleName(name))) throw new Error(`This kernel has no module ${name}`);
    if (file) for (const each of [file, ...(dependencies.get(file) ?? [])]) wanted.add(each);
  }
  return [...wanted];
}

/** `modules.dep`: `file: everything it depends on, directly or not`. */
function parseModulesDep(text: string): [file: string, dependencies: string[]][] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [file, rest] = line.split(":") as [string, string];
      return [file, rest.trim().split(" ").filter(Boolean)];
    });
}

/** The kernel takes `-` and `_` for the same in a module's name. */
function moduleName(fileOrName: string): string {
  const base = fileOrName.slice(fileOrName.lastIndexOf("/") + 1);
  return base.replace(/\.ko.*$/, "").replaceAll("-", "_");
}
