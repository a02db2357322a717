import { GiB, virtioDisk } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { diskInSysfs, systemOn } from "../sysfs.ts";

/**
 * A virtual machine: one virtio disk that says what it is, one that does not, one with sectors of 4096 bytes, read-only;
 * swap on zram.
 */
export const virtualMachine: Tree = {
  ...systemOn("253:1"),
  "/proc/swaps":
    "Filename Type Size Used Priority\n/dev/zram0                              partition\t4194300\t0\t100",
  ...virtioDisk(2, {
    name: "vda",
    number: "253:0",
    sizeBytes: 20 * GiB,
    partitions: [19 * GiB],
    serial: "system-disk",
  }),
  ...virtioDisk(3, { name: "vdb", number: "253:16", sizeBytes: 10 * GiB }),
  ...virtioDisk(4, {
    name: "vdc",
    number: "253:32",
    sizeBytes: 10 * GiB,
    serial: "four-k",
    files: { ro: "1", "queue/logical_block_size": "4096", "queue/physical_block_size": "4096" },
  }),
  ...diskInSysfs({ folder: "virtual/block/zram0", number: "252:0", sizeBytes: 4 * GiB }),
};
