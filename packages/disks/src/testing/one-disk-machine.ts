/** A machine made of text with one real thing in it: a disk in memory, there as long as it is not pulled. */
import type { OpenedDisk } from "../disk/disk.ts";
import type { Machine } from "../machine/machine.ts";
import type { MemoryDisk } from "./memory-disk.ts";
import { memoryMachine, type MemoryMachineOptions } from "./memory-machine.ts";
import { diskInSysfs, systemOn } from "./sysfs.ts";

export const diskPath = "/dev/sdb";

/** The disk is a SATA disk with a serial number, found at `diskPath`. */
export function machineWith(disk: MemoryDisk, options: MemoryMachineOptions = {}): Machine {
  const bare = { ...systemOn("8:1"), "/proc/sys/kernel/random/boot_id": "boot" };
  const without = memoryMachine(bare, options);
  let machine = { attachment: disk.attachment, with: memoryMachine({ ...bare, ...sysfsOf(disk) }, options) };
  const now = (): Machine => {
    if (disk.isGone) return without;
    const { attachment } = disk;
    if (machine.attachment !== attachment) {
      machine = { attachment, with: memoryMachine({ ...bare, ...sysfsOf(disk) }, options) };
    }
    return machine.with;
  };
  return {
    readText: (path) => now().readText(path),
    list: (folder) => now().list(folder),
    resolve: (path) => now().resolve(path),
    readLink: (path) => now().readLink(path),
    stat: (path) => now().stat(path),
    mayWrite: (path) => now().mayWrite(path),
    run: (program, args) => now().run(program, args),
    execute: (program, args, execution) => now().execute(program, args, execution),
    open: async (path) => opened(disk, path),
    openToRead: async (path) => opened(disk, path),
  };
}

function opened(disk: MemoryDisk, path: string): OpenedDisk {
  if (disk.isGone || path !== diskPath) throw Object.assign(new Error(`No ${path}`), { code: "ENOENT" });
  return disk.opened();
}

function sysfsOf(disk: MemoryDisk) {
  return diskInSysfs({
    folder: "pci0000:00/0000:00:17.0/ata2/host2/target2:0:0/2:0:0:0/block/sdb",
    number: "8:16",
    sizeBytes: disk.sizeBytes,
    files: {
      "device/vpd_pg80": `\u0000\uFFFD\u0000\u0014${"MEMORY-1".padStart(20)}`,
      "device/model": "A disk in memory",
      "queue/rotational": "1",
      "queue/logical_block_size": String(disk.sectorBytes),
      "queue/physical_block_size": String(disk.sectorBytes),
      diskseq: String(disk.attachment),
    },
  });
}
