/** Some machines, written down once for several tests. */
import type { Places } from "../discovery/surroundings.ts";
import { diskInSysfs, mountLine, systemOn } from "./sysfs.ts";
import type { Tree } from "./memory-machine.ts";

const GiB = 1024 ** 3;

/** vpd_pg80 as the kernel gives it: four bytes of header, then the serial number padded with spaces. */
const page80 = (serial: string) => `\u0000\uFFFD\u0000\u0014${serial.padStart(20)}`;

/** A laptop: NVMe with EFI, /boot and a LUKS partition, in it LVM with / and swap. */
export const laptop: Tree = {
  ...systemOn("252:1", [
    mountLine("259:1", "/boot/efi", "vfat", "/dev/nvme0n1p1"),
    mountLine("259:2", "/boot", "ext4", "/dev/nvme0n1p2"),
  ]),
  ...diskInSysfs({
    folder: "pci0000:00/0000:00:06.0/0000:02:00.0/nvme/nvme0/nvme0n1",
    number: "259:0",
    sizeBytes: 512 * GiB,
    partitions: [1 * GiB, 1 * GiB, 510 * GiB],
    files: {
      wwid: "eui.002538b5c1234567",
      "device/model": "SAMSUNG MZVL2512HCJQ-00BL7              ",
      "device/serial": "S64KNX0T123456      ",
      "nvme0n1p3/holders/dm-0/dev": "252:0",
      "nvme0n1p3/holders/dm-0/holders": { link: "/sys/devices/virtual/block/dm-0/holders" },
    },
  }),
  ...diskInSysfs({
    folder: "virtual/block/dm-0",
    number: "252:0",
    sizeBytes: 510 * GiB,
    files: { "slaves/nvme0n1p3/dev": "259:3", "holders/dm-1/dev": "252:1", "holders/dm-2/dev": "252:2" },
  }),
  ...diskInSysfs({
    folder: "virtual/block/dm-1",
    number: "252:1",
    sizeBytes: 490 * GiB,
    files: { "slaves/dm-0/dev": "252:0" },
  }),
  ...diskInSysfs({
    folder: "virtual/block/dm-2",
    number: "252:2",
    sizeBytes: 20 * GiB,
    files: { "slaves/dm-0/dev": "252:0" },
  }),
};

const sata = (port: number, name: string) =>
  `pci0000:00/0000:00:17.0/ata${port}/host${port}/target${port}:0:0/${port}:0:0:0/block/${name}`;

/** A workbench: the system on sda, an old USB stick without a serial, a CD drive, an empty card reader, free loops. */
export const workbench: Tree = {
  ...systemOn("8:1"),
  ...diskInSysfs({
    folder: sata(1, "sda"),
    number: "8:0",
    sizeBytes: 240 * GiB,
    partitions: [240 * GiB - 1024 * 1024],
    files: {
      "device/vpd_pg80": page80("SYS12345"),
      "device/wwid": "naa.500a075112345678",
      "device/model": "CT240BX500SSD1  ",
    },
  }),
  ...diskInSysfs({
    folder: sata(2, "sdb"),
    number: "8:16",
    sizeBytes: 4000 * GiB,
    files: {
      "device/vpd_pg80": page80("WD-WCC7K0AAAAAA"),
      "device/wwid": "naa.50014ee2b1234567",
      "device/model": "WDC WD40EFRX-68N",
      "queue/rotational": "1",
      "queue/physical_block_size": "4096",
    },
  }),
  ...diskInSysfs({
    folder: "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdc",
    number: "8:32",
    sizeBytes: 8 * GiB,
    files: { "device/model": "Flash Disk      ", "queue/rotational": "1" },
  }),
  "/sys/devices/pci0000:00/0000:00:14.0/usb2/2-1/idVendor": "abcd",
  "/sys/devices/pci0000:00/0000:00:14.0/usb2/serial": "0000:00:14.0",
  "/sys/devices/pci0000:00/0000:00:14.0/usb2/idVendor": "1d6b",
  ...diskInSysfs({
    folder: "pci0000:00/0000:00:14.0/usb2/2-2/2-2:1.0/host7/target7:0:0/7:0:0:0/block/sdd",
    number: "8:48",
    sizeBytes: 16 * GiB,
    partitions: [16 * GiB - 1024 * 1024],
    files: { "device/model": "Ultra Fit       " },
  }),
  "/sys/devices/pci0000:00/0000:00:14.0/usb2/2-2/idVendor": "0781",
  "/sys/devices/pci0000:00/0000:00:14.0/usb2/2-2/serial": "4C530001230912116234",
  ...diskInSysfs({ folder: sata(5, "sr0"), number: "11:0", sizeBytes: 1 * GiB }),
  ...diskInSysfs({
    folder: "pci0000:00/0000:00:14.0/usb2/2-3/2-3:1.0/host8/target8:0:0/8:0:0:0/block/sde",
    number: "8:64",
    sizeBytes: 0,
  }),
  ...diskInSysfs({ folder: "virtual/block/loop0", number: "7:0", sizeBytes: 0 }),
  ...diskInSysfs({ folder: "virtual/block/ram0", number: "1:0", sizeBytes: 64 * 1024 * 1024 }),
};

/** Two disks of a maker that gives every disk the same serial number, on two ports. */
export const twins: Tree = {
  ...systemOn("259:1"),
  ...diskInSysfs({
    folder: sata(1, "sda"),
    number: "8:0",
    sizeBytes: 120 * GiB,
    files: { "device/vpd_pg80": page80("000000000001"), "device/model": "Generic SSD" },
  }),
  ...diskInSysfs({
    folder: sata(2, "sdb"),
    number: "8:16",
    sizeBytes: 120 * GiB,
    files: { "device/vpd_pg80": page80("000000000001"), "device/model": "Generic SSD" },
  }),
  ...diskInSysfs({
    folder: sata(3, "sdc"),
    number: "8:32",
    sizeBytes: 120 * GiB,
    files: { "device/vpd_pg80": page80("REAL-7"), "device/model": "Other SSD" },
  }),
};

/** A virtual machine: one virtio disk that says what it is, one that does not, one with sectors of 4096 bytes, read-only; swap on zram. */
export const virtualMachine: Tree = {
  ...systemOn("253:1"),
  "/proc/swaps":
    "Filename Type Size Used Priority\n/dev/zram0                              partition\t4194300\t0\t100",
  ...diskInSysfs({
    folder: "pci0000:00/0000:00:02.0/virtio1/block/vda",
    number: "253:0",
    sizeBytes: 20 * GiB,
    partitions: [19 * GiB],
    files: { serial: "system-disk" },
  }),
  ...diskInSysfs({
    folder: "pci0000:00/0000:00:03.0/virtio2/block/vdb",
    number: "253:16",
    sizeBytes: 10 * GiB,
    files: { "queue/rotational": "1" },
  }),
  ...diskInSysfs({
    folder: "pci0000:00/0000:00:04.0/virtio3/block/vdc",
    number: "253:32",
    sizeBytes: 10 * GiB,
    files: {
      serial: "four-k",
      ro: "1",
      "queue/logical_block_size": "4096",
      "queue/physical_block_size": "4096",
    },
  }),
  ...diskInSysfs({ folder: "virtual/block/zram0", number: "252:0", sizeBytes: 4 * GiB }),
};

export const nowhere: Places = { practiceFolder: null, imagesFolder: null, needed: [] };
