import { GiB, madeOf, sasDisk, scsiDisk, TB, virtioDisk } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { mountLine, systemOn } from "../sysfs.ts";

const lun = { sizeBytes: 2 * TB, serial: "6005076801810", wwn: "naa.600507680181000000000000000000a1" };
const disk = { sizeBytes: 4 * TB, serial: "Z1Z0AA000000R541", wwn: "naa.5000c50057700abc", rotational: true };
const ibm = { "device/vendor": "IBM     ", "device/model": "2145            " };
const rport = (host: number) =>
  `pci0000:80/0000:80:02.0/0000:82:00.${host}/host${host}/rport-${host}:0-0/target${host}:0:0/${host}:0:0:0/block`;

const base: Tree = {
  ...systemOn("253:1"),
  ...virtioDisk(2, {
    name: "vda",
    number: "253:0",
    sizeBytes: 20 * GiB,
    partitions: [19 * GiB],
    serial: "boot",
  }),
};

/** A LUN of a SAN that is reached over two ports, which multipathd has made one device of. */
export const multipath: Tree = {
  ...base,
  ...scsiDisk(`${rport(7)}/sda`, { ...lun, name: "sda", number: "8:0", files: ibm }),
  ...scsiDisk(`${rport(8)}/sdb`, { ...lun, name: "sdb", number: "8:16", files: ibm }),
  ...madeOf([`${rport(7)}/sda`, `${rport(8)}/sdb`], {
    name: "dm-0",
    number: "252:0",
    sizeBytes: 2 * TB,
    files: { "dm/name": "mpatha", "dm/uuid": "mpath-3600507680181000000000000000000a1" },
  }),
};

/** SAS disks with two ports each, and nobody who makes one device of the two. One has a mounted partition under one name. */
export const twoWays: Tree = {
  ...base,
  ...systemOn("253:1", [mountLine("8:1", "/srv", "xfs", "/dev/sda1")]),
  ...sasDisk(0, { ...disk, name: "sda", number: "8:0", partitions: [4 * TB - GiB] }),
  ...sasDisk(1, { ...disk, name: "sdb", number: "8:16", partitions: [4 * TB - GiB] }),
  ...sasDisk(2, {
    ...disk,
    name: "sdc",
    number: "8:32",
    serial: "Z1Z0AA010000R541",
    wwn: "naa.5000c50057701abc",
  }),
  ...sasDisk(3, {
    ...disk,
    name: "sdd",
    number: "8:48",
    serial: "Z1Z0AA010000R541",
    wwn: "naa.5000c50057701abc",
  }),
};

/** The same with the system on such a disk. */
export const systemOnTwoWays: Tree = {
  ...twoWays,
  ...systemOn("8:1"),
};
