import { GiB, loopDevice, MiB, sasDisk, sataDisk, TB, usbDisk } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { diskInSysfs, systemOn } from "../sysfs.ts";

/** A collection of disks that are not as they should be. */
export const oddDisks: Tree = {
  ...systemOn("254:0"),
  ...diskInSysfs({
    folder: "pci0000:00/0000:00:02.0/virtio1/block/vda",
    number: "254:0",
    sizeBytes: 256 * GiB,
    files: { serial: "overlayblk", "queue/rotational": "1" },
  }),
  // sectors of 4096 bytes only
  ...sataDisk(1, {
    name: "sda",
    number: "8:0",
    sizeBytes: 10 * TB,
    model: "HGST HUH721010ALN604",
    serial: "7PG3RVAA",
    wwn: "naa.5000cca26a000001",
    rotational: true,
    files: { "queue/logical_block_size": "4096", "queue/physical_block_size": "4096" },
  }),
  // sectors of 520 bytes: the kernel gives it no capacity
  ...sasDisk(1, { name: "sdb", number: "8:16", sizeBytes: 0, model: "X477_SMEGX04TA07", serial: "Z1Z0AA01" }),
  // write-protected by its switch
  ...usbDisk("2-1", 6, {
    name: "sdc",
    number: "8:32",
    sizeBytes: 4 * GiB,
    bridgeSerial: "AA04012700007699",
    files: { ro: "1", removable: "1", "device/vendor": "Kanguru ", "device/model": "SS3             " },
  }),
  // a forged stick that claims all the sectors there are
  ...usbDisk("2-2", 7, {
    name: "sdd",
    number: "8:48",
    sizeBytes: 8 * GiB,
    files: { size: "18446744073709551615", "device/model": "16TB SSD" },
  }),
  // one whose files are garbage
  ...usbDisk("2-3", 8, {
    name: "sde",
    number: "8:64",
    sizeBytes: 8 * GiB,
    files: {
      size: "-1 or so",
      "queue/logical_block_size": "0",
      "device/model": "\uFFFD\uFFFD\u0000\u0000",
    },
  }),
  // one that leaves: its folder is empty by now
  "/sys/block/sdf": { link: "/sys/devices/pci0000:00/0000:00:17.0/ata9/host9/target9:0:0/9:0:0:0/block/sdf" },
  ...usbDisk("2-4", 9, {
    name: "sdg",
    number: "8:96",
    sizeBytes: 8 * GiB,
    files: { "queue/logical_block_size": "many", "queue/rotational": "?", "device/model": "Half-broken" },
  }),
  ...loopDevice(0, 64 * MiB, "/srv/images/practice.img", { "loop/dio": "1" }),
  "/srv/images/practice.img": { kind: "regular", inode: "77", sizeBytes: 64 * MiB },
};
