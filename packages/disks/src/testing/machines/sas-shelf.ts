import {
  GiB,
  madeOf,
  readings,
  sasDisk,
  sasFolder,
  sensor,
  TB,
  virtioDisk,
  type DiskWritten,
} from "../disks-in-sysfs.ts";
import type { Entry, Tree } from "../memory-machine.ts";
import { mountLine, systemOn } from "../sysfs.ts";

const letters = "abcdefghijklmnopqrstuvwx";

/** A disk of the shelf: each has a serial number and a name of its own. */
function shelfDisk(
  slot: number,
  files: Readonly<Record<string, Entry>> = {},
  more: Partial<DiskWritten> = {},
): Tree {
  const digits = String(slot).padStart(2, "0");
  return sasDisk(slot, {
    name: `sd${letters[slot]}`,
    number: slot < 16 ? `8:${slot * 16}` : `65:${(slot - 16) * 16}`,
    sizeBytes: 4 * TB,
    rotational: true,
    serial: `Z1Z0AA${digits}0000R541`,
    wwn: `naa.5000c500577${digits}abc`,
    ...more,
    files,
  });
}

/** A 24-bay shelf of SAS disks behind an expander; the system is elsewhere. Some of the disks are special. */
export const sasShelf: Tree = {
  ...systemOn("253:1", [mountLine("8:65", "/srv/backup", "xfs", "/dev/sde1")]),
  ...virtioDisk(2, {
    name: "vda",
    number: "253:0",
    sizeBytes: 20 * GiB,
    partitions: [19 * GiB],
    serial: "boot",
  }),
  ...Object.assign({}, ...Array.from({ length: 24 }, (_, slot) => shelfDisk(slot))),
  // a disk from a storage system, formatted to 520 bytes: the kernel gives it no capacity
  ...shelfDisk(2, {}, { sizeBytes: 0 }),
  // a SATA disk on the same expander, 4Kn
  ...shelfDisk(3, {
    "device/vendor": "ATA     ",
    "device/model": "HGST HUH721010AL",
    "queue/logical_block_size": "4096",
    "queue/physical_block_size": "4096",
  }),
  ...shelfDisk(4, {}, { partitions: [4 * TB - GiB] }),
  ...shelfDisk(5, { ro: "1" }),
  ...madeOf([`${sasFolder(6)}/block/sdg`, `${sasFolder(7)}/block/sdh`], {
    name: "md127",
    number: "9:127",
    sizeBytes: 4 * TB,
    files: { "md/level": "raid1" },
  }),
  ...Object.assign(
    {},
    ...Array.from({ length: 24 }, (_, slot) => sensor(slot, "drivetemp", sasFolder(slot))),
  ),
};

export const sasShelfPrograms = {
  grep: readings({ 0: "31000", 1: "34500", 3: "-90000", 5: "garbage", 23: "52000" }),
};
