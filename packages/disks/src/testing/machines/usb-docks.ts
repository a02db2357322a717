import { GiB, MiB, TB, sataDisk, usbDisk } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { mountLine, systemOn } from "../sysfs.ts";

/**
 * USB cases: two docks of one kind that both call every disk by the same names, a bridge that has no serial number at
 * all, and one that leaves what its maker's tool writes there.
 */
export const usbDocks: Tree = {
  ...systemOn("8:1", [mountLine("8:17", "/media/photos", "exfat", "/dev/sdb1")]),
  ...sataDisk(1, {
    name: "sda",
    number: "8:0",
    sizeBytes: 240 * GiB,
    partitions: [240 * GiB - MiB],
    model: "Samsung SSD 860 EVO 250GB",
    serial: "S3YJNB0K",
    wwn: "naa.5002538e40000001",
  }),
  ...usbDisk("2-1", 6, {
    name: "sdb",
    number: "8:16",
    sizeBytes: 2 * TB,
    partitions: [2 * TB - MiB],
    rotational: true,
    wwn: "naa.3044564198838800",
    bridgeSerial: "DD564198838B9",
    files: { "device/vendor": "JMicron ", "device/model": "Generic         " },
  }),
  ...usbDisk("2-2", 7, {
    name: "sdc",
    number: "8:32",
    sizeBytes: 2 * TB,
    rotational: true,
    wwn: "naa.3044564198838800",
    bridgeSerial: "DD564198838B9",
    files: { "device/vendor": "JMicron ", "device/model": "Generic         " },
  }),
  ...usbDisk("2-3", 8, {
    name: "sdd",
    number: "8:48",
    sizeBytes: 500 * GiB,
    rotational: true,
    files: { "device/vendor": "ASMT    ", "device/model": "2115            " },
  }),
  ...usbDisk("2-4", 9, {
    name: "sde",
    number: "8:64",
    sizeBytes: 500 * GiB,
    bridgeSerial: "000000000000",
    files: { "device/vendor": "USB 3.0 ", "device/model": "\u001B[31mSSD\u0007\uFFFD\u202Eevil" },
  }),
};
