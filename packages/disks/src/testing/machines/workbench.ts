import { GiB, MiB, sataDisk, sataFolder, usbDisk } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { diskInSysfs, systemOn } from "../sysfs.ts";

/** A workbench: the system on sda, an old USB stick without a serial, a CD drive, an empty card reader, free loops. */
export const workbench: Tree = {
  ...systemOn("8:1"),
  ...sataDisk(1, {
    name: "sda",
    number: "8:0",
    sizeBytes: 240 * GiB,
    partitions: [240 * GiB - MiB],
    model: "CT240BX500SSD1",
    serial: "SYS12345",
    wwn: "naa.500a075112345678",
  }),
  ...sataDisk(2, {
    name: "sdb",
    number: "8:16",
    sizeBytes: 4000 * GiB,
    serial: "WD-WCC7K0AAAAAA",
    wwn: "naa.50014ee2b1234567",
    rotational: true,
    files: { "queue/physical_block_size": "4096" },
  }),
  ...usbDisk("2-1", 6, {
    name: "sdc",
    number: "8:32",
    sizeBytes: 8 * GiB,
    rotational: true,
    files: { "device/vendor": "Generic ", "device/model": "Flash Disk      " },
  }),
  "/sys/devices/pci0000:00/0000:00:14.0/usb2/serial": "0000:00:14.0",
  "/sys/devices/pci0000:00/0000:00:14.0/usb2/idVendor": "1d6b",
  ...usbDisk("2-2", 7, {
    name: "sdd",
    number: "8:48",
    sizeBytes: 16 * GiB,
    partitions: [16 * GiB - MiB],
    bridgeSerial: "4C530001230912116234",
    files: { "device/vendor": "SanDisk ", "device/model": "Ultra Fit       " },
  }),
  ...diskInSysfs({ folder: `${sataFolder(5)}/block/sr0`, number: "11:0", sizeBytes: 1 * GiB }),
  ...usbDisk("2-3", 8, { name: "sde", number: "8:64", sizeBytes: 0, files: { removable: "1" } }),
  ...diskInSysfs({ folder: "virtual/block/loop0", number: "7:0", sizeBytes: 0 }),
  ...diskInSysfs({ folder: "virtual/block/ram0", number: "1:0", sizeBytes: 64 * MiB }),
};
