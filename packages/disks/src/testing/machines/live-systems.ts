import { GiB, loopDevice, sataDisk, usbDisk } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { mountLine } from "../sysfs.ts";

const stick = usbDisk("2-1", 6, {
  name: "sdb",
  number: "8:16",
  sizeBytes: 16 * GiB,
  partitions: [3 * GiB],
  bridgeSerial: "4C530001230912116234",
  files: { "device/vendor": "SanDisk ", "device/model": "Ultra Fit       " },
});
const inside = sataDisk(1, {
  name: "sda",
  number: "8:0",
  sizeBytes: 500 * GiB,
  partitions: [499 * GiB],
  serial: "WD-WCC7K0AAAAAA",
  wwn: "naa.50014ee2b1234567",
  rotational: true,
});

/**
 * A system that runs from an image on a USB stick, with what it writes in memory. The layers of its root have the names
 * that they had before the root was changed.
 */
export const liveStick: Tree = {
  "/": { onDevice: "0:25" },
  "/proc/self/mountinfo": [
    mountLine(
      "0:25",
      "/",
      "overlay",
      "/cow",
      "rw,lowerdir=//filesystem.squashfs,upperdir=/cow/upper,workdir=/cow/work",
    ),
    mountLine("8:17", "/cdrom", "iso9660", "/dev/sdb1", "ro"),
    mountLine("7:0", "/rofs", "squashfs", "/dev/loop0", "ro"),
  ].join("\n"),
  "/proc/swaps": "Filename Type Size Used Priority",
  ...stick,
  ...inside,
  ...loopDevice(0, 2 * GiB, "/cdrom/casper/filesystem.squashfs", { ro: "1" }),
  "/cdrom": { onDevice: "8:17" },
  "/cdrom/casper/filesystem.squashfs": { kind: "regular", inode: "1417", sizeBytes: 2 * GiB },
};

/** A system that was loaded into memory from the network: no disk of it is anywhere. */
export const ramSystem: Tree = {
  "/": { onDevice: "0:2" },
  "/proc/self/mountinfo": mountLine("0:2", "/", "rootfs", "rootfs", "rw"),
  ...inside,
};

/** A machine that has no disks and its root on another one. */
export const diskless: Tree = {
  "/": { onDevice: "0:22" },
  "/proc/self/mountinfo": mountLine("0:22", "/", "nfs4", "10.0.0.1:/srv/root", "rw,vers=4.2,addr=10.0.0.1"),
  "/proc/swaps": "Filename Type Size Used Priority",
  "/sys/block": { kind: "folder" },
};
