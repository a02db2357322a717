import { GiB, madeOf, MiB, nvmeDisk, sataDisk, sataFolder, TB } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { mountLine, systemOn } from "../sysfs.ts";

const ssd = { sizeBytes: 480 * GiB, partitions: [512 * MiB, 479 * GiB], model: "INTEL SSDSC2KB480G8" };
const hdd = { sizeBytes: 8 * TB, model: "TOSHIBA MG06ACA800E", rotational: true };

/**
 * A server with its root on LVM over a RAID 1 of two SSDs and data on LUKS over a RAID 5 of three hard disks that an NVMe
 * disk caches; one more hard disk is a spare, one was a member of an array that nobody runs.
 */
export const hybridServer: Tree = {
  ...systemOn("252:0", [
    mountLine("8:1", "/boot/efi", "vfat", "/dev/sda1"),
    mountLine("252:2", "/srv", "xfs", "/dev/mapper/data", "rw,noquota"),
  ]),
  "/run/udev/data/b8:0": "",
  "/proc/swaps":
    "Filename\tType\tSize\tUsed\tPriority\n/dev/dm-1                               partition\t8388604\t0\t-2",
  ...sataDisk(1, { ...ssd, name: "sda", number: "8:0", serial: "PHYF001", wwn: "naa.55cd2e4150000001" }),
  ...sataDisk(2, { ...ssd, name: "sdb", number: "8:16", serial: "PHYF002", wwn: "naa.55cd2e4150000002" }),
  ...madeOf([`${sataFolder(1)}/block/sda/sda2`, `${sataFolder(2)}/block/sdb/sdb2`], {
    name: "md0",
    number: "9:0",
    sizeBytes: 479 * GiB,
    files: { "md/level": "raid1" },
  }),
  ...madeOf(["virtual/block/md0"], {
    name: "dm-0",
    number: "252:0",
    sizeBytes: 400 * GiB,
    files: { "dm/name": "vg-root", "dm/uuid": "LVM-root" },
  }),
  ...madeOf(["virtual/block/md0"], {
    name: "dm-1",
    number: "252:1",
    sizeBytes: 8 * GiB,
    files: { "dm/name": "vg-swap", "dm/uuid": "LVM-swap" },
  }),
  ...sataDisk(3, { ...hdd, name: "sdc", number: "8:32", serial: "X8A0", wwn: "naa.5000039a00000003" }),
  ...sataDisk(4, { ...hdd, name: "sdd", number: "8:48", serial: "X8A1", wwn: "naa.5000039a00000004" }),
  ...sataDisk(5, { ...hdd, name: "sde", number: "8:64", serial: "X8A2", wwn: "naa.5000039a00000005" }),
  ...sataDisk(6, { ...hdd, name: "sdf", number: "8:80", serial: "X8A3", wwn: "naa.5000039a00000006" }),
  ...madeOf(
    [3, 4, 5].map((port) => `${sataFolder(port)}/block/sd${"cde"[port - 3]}`),
    {
      name: "md1",
      number: "9:1",
      sizeBytes: 16 * TB,
      files: { "md/level": "raid5" },
    },
  ),
  ...nvmeDisk("0000:05:00.0/nvme/nvme0", {
    name: "nvme0n1",
    number: "259:0",
    sizeBytes: 960 * GiB,
    model: "INTEL SSDPE2KX010T8",
    serial: "PHLJ003",
    wwn: "eui.01000000010000005cd2e4a1b2c3d4e5",
  }),
  ...madeOf(["virtual/block/md1", "pci0000:00/0000:00:06.0/0000:05:00.0/nvme/nvme0/nvme0n1"], {
    name: "bcache0",
    number: "251:0",
    sizeBytes: 16 * TB,
  }),
  ...madeOf(["virtual/block/bcache0"], {
    name: "dm-2",
    number: "252:2",
    sizeBytes: 16 * TB,
    files: { "dm/name": "data", "dm/uuid": "CRYPT-LUKS2-data" },
  }),
};

export const hybridServerPrograms = {
  lsblk: JSON.stringify({
    blockdevices: [
      { path: "/dev/sda", pttype: "gpt" },
      { path: "/dev/sda1", fstype: "vfat", label: "EFI" },
      { path: "/dev/sda2", fstype: "linux_raid_member", label: "server:0" },
      { path: "/dev/sdc", fstype: "linux_raid_member", label: "server:1" },
      { path: "/dev/sdf", fstype: "linux_raid_member", label: "oldserver:3" },
      { path: "/dev/nvme0n1", fstype: "bcache", label: null },
    ],
  }),
};
