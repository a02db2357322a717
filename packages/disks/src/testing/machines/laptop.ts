import { GiB, madeOf, nvmeDisk, readings, sensor } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { mountLine, systemOn } from "../sysfs.ts";

const disk = "pci0000:00/0000:00:06.0/0000:02:00.0/nvme/nvme0/nvme0n1";

/** A laptop: NVMe with EFI, /boot and a LUKS partition, in it LVM with / and swap. */
export const laptop: Tree = {
  ...systemOn("252:1", [
    mountLine("259:1", "/boot/efi", "vfat", "/dev/nvme0n1p1"),
    mountLine("259:2", "/boot", "ext4", "/dev/nvme0n1p2"),
  ]),
  "/proc/swaps":
    "Filename Type Size Used Priority\n/dev/dm-2                              partition\t20971516\t0\t-2",
  ...nvmeDisk("0000:02:00.0/nvme/nvme0", {
    name: "nvme0n1",
    number: "259:0",
    sizeBytes: 512 * GiB,
    partitions: [1 * GiB, 1 * GiB, 510 * GiB],
    serial: "S64KNX0T123456",
    wwn: "eui.002538b5c1234567",
  }),
  ...madeOf([`${disk}/nvme0n1p3`], {
    name: "dm-0",
    number: "252:0",
    sizeBytes: 510 * GiB,
    files: { "dm/name": "cryptlaptop", "dm/uuid": "CRYPT-LUKS2-6f1c0cd01d0f4a6c8e0f-cryptlaptop" },
  }),
  ...madeOf(["virtual/block/dm-0"], {
    name: "dm-1",
    number: "252:1",
    sizeBytes: 490 * GiB,
    files: { "dm/name": "vg-root", "dm/uuid": "LVM-aBcD" },
  }),
  ...madeOf(["virtual/block/dm-0"], {
    name: "dm-2",
    number: "252:2",
    sizeBytes: 20 * GiB,
    files: { "dm/name": "vg-swap", "dm/uuid": "LVM-eFgH" },
  }),
  ...sensor(0, "coretemp", "platform/coretemp.0"),
  ...sensor(1, "nvme", "pci0000:00/0000:00:06.0/0000:02:00.0/nvme/nvme0"),
};

export const laptopPrograms = { grep: readings({ 1: "40850" }) };
