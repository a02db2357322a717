import { GiB, madeOf, nvmeDisk, sataDisk, TB } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { diskInSysfs, mountLine, systemOn } from "../sysfs.ts";

const ssd = { sizeBytes: 480 * GiB, partitions: [1 * GiB, 479 * GiB], model: "Micron_5300_MTFD" };
const hdd = { sizeBytes: 4 * TB, partitions: [4 * TB - GiB], rotational: true };

/** A hypervisor with its root on a ZFS mirror, a pool of data, a volume in it, and a disk of a pool of another machine. */
export const zfsHypervisor: Tree = {
  "/": { onDevice: "0:27" },
  "/proc/self/mountinfo": [
    mountLine("0:27", "/", "zfs", "rpool/ROOT/pve-1", "rw,xattr,posixacl"),
    mountLine("0:45", "/tank", "zfs", "tank", "rw,xattr,noacl"),
  ].join("\n"),
  "/proc/swaps": "Filename Type Size Used Priority",
  "/run/udev/data/b8:0": "",
  "/proc/spl/kstat/zfs/rpool/state": "ONLINE",
  "/proc/spl/kstat/zfs/tank/state": "ONLINE",
  "/proc/spl/kstat/zfs/arcstats": "name type data",
  ...sataDisk(1, { ...ssd, name: "sda", number: "8:0", serial: "2103A", wwn: "naa.500a0751e0000001" }),
  ...sataDisk(2, { ...ssd, name: "sdb", number: "8:16", serial: "2103B", wwn: "naa.500a0751e0000002" }),
  ...sataDisk(3, { ...hdd, name: "sdc", number: "8:32", serial: "WD-WCC1", wwn: "naa.50014ee2b0000003" }),
  ...sataDisk(4, { ...hdd, name: "sdd", number: "8:48", serial: "WD-WCC2", wwn: "naa.50014ee2b0000004" }),
  ...diskInSysfs({ folder: "virtual/block/zd0", number: "230:0", sizeBytes: 32 * GiB }),
};

export const zfsHypervisorPrograms = {
  zpool: [
    "rpool\t476G\t2.1G\t474G\t-\t-\t0%\t0%\t1.00x\tONLINE\t-",
    "\tmirror-0\t476G\t2.1G\t474G\t-\t-\t0%\t0.4%\t-\tONLINE",
    "\t/dev/sda2\t479G\t-\t-\t-\t-\t-\t-\t-\tONLINE",
    "\t/dev/sdb2\t479G\t-\t-\t-\t-\t-\t-\t-\tONLINE",
    "tank\t3.62T\t1T\t2.6T\t-\t-\t0%\t27%\t1.00x\tONLINE\t-",
    "\t/dev/sdc1\t3.64T\t1T\t2.6T\t-\t-\t0%\t27%\t-\tONLINE",
  ].join("\n"),
  lsblk: JSON.stringify({
    blockdevices: [
      { path: "/dev/sda", pttype: "gpt" },
      { path: "/dev/sda1", fstype: "vfat" },
      { path: "/dev/sda2", fstype: "zfs_member", label: "rpool" },
      { path: "/dev/sdc1", fstype: "zfs_member", label: "tank" },
      { path: "/dev/sdd1", fstype: "zfs_member", label: "oldtank" },
    ],
  }),
};

const sdaFolder = "/sys/devices/pci0000:00/0000:00:17.0/ata1/host1/target1:0:0/1:0:0:0/block/sda";
const sdbFolder = "/sys/devices/pci0000:00/0000:00:17.0/ata2/host2/target2:0:0/2:0:0:0/block/sdb";
const btrfsSsd = { sizeBytes: 1 * TB, model: "CT1000MX500SSD1" };

/**
 * A desktop with its root on btrfs over two disks. As on every btrfs, what stat(2) says of a subvolume ("0:31", "0:32")
 * is no number that any mount has ("0:30"). Another btrfs over two disks is not mounted; its second half is elsewhere.
 */
export const btrfsDesktop: Tree = {
  "/": { onDevice: "0:31" },
  "/home": { onDevice: "0:32" },
  "/proc/self/mountinfo": [
    mountLine("0:30", "/", "btrfs", "/dev/sda2", "rw,ssd,subvolid=256,subvol=/@"),
    mountLine("0:30", "/home", "btrfs", "/dev/sda2", "rw,ssd,subvolid=257,subvol=/@home"),
    mountLine("259:1", "/boot/efi", "vfat", "/dev/nvme0n1p1"),
  ].join("\n"),
  "/proc/swaps": "Filename Type Size Used Priority",
  ...sataDisk(1, {
    ...btrfsSsd,
    name: "sda",
    number: "8:0",
    serial: "1913E1F00001",
    wwn: "naa.500a0751e1f00001",
    partitions: [1 * GiB, TB - 2 * GiB],
  }),
  ...sataDisk(2, {
    ...btrfsSsd,
    name: "sdb",
    number: "8:16",
    serial: "1913E1F00002",
    wwn: "naa.500a0751e1f00002",
  }),
  ...sataDisk(3, {
    ...btrfsSsd,
    name: "sdc",
    number: "8:32",
    serial: "1913E1F00003",
    wwn: "naa.500a0751e1f00003",
  }),
  "/sys/fs/btrfs/features": { kind: "folder" },
  "/sys/fs/btrfs/2179d5ab-8aac-49f8-9822-669872c1dae3/devices/sda2": { link: `${sdaFolder}/sda2` },
  "/sys/fs/btrfs/2179d5ab-8aac-49f8-9822-669872c1dae3/devices/sdb": { link: sdbFolder },
  ...nvmeDisk("0000:02:00.0/nvme/nvme0", {
    name: "nvme0n1",
    number: "259:0",
    sizeBytes: 500 * GiB,
    partitions: [1 * GiB],
    serial: "S4EVNX0R",
    wwn: "eui.0025385391b00001",
  }),
};

/** A disk that bcache reads through a faster one; neither is mounted itself. */
export const bcacheBox: Tree = {
  ...systemOn("8:1", [mountLine("251:0", "/srv", "ext4", "/dev/bcache0")]),
  ...sataDisk(1, { ...ssd, name: "sda", number: "8:0", serial: "2103A", wwn: "naa.500a0751e0000001" }),
  ...sataDisk(2, { ...hdd, name: "sdb", number: "8:16", serial: "WD-WCC1", wwn: "naa.50014ee2b0000003" }),
  ...madeOf([sdbFolder.slice("/sys/devices/".length), `${sdaFolder.slice("/sys/devices/".length)}/sda2`], {
    name: "bcache0",
    number: "251:0",
    sizeBytes: 4 * TB,
  }),
};
