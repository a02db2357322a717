import { GiB, MiB, mmcDisk } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { diskInSysfs, mountLine, systemOn } from "../sysfs.ts";

const eMMC = "platform/fe340000.mmc/mmc_host/mmc0/mmc0:0001/block/mmcblk0";

/** A single-board computer: its system on an eMMC, which has parts to boot from; an SD card; its firmware in flash. */
export const board: Tree = {
  ...systemOn("179:2", [mountLine("179:1", "/boot", "vfat", "/dev/mmcblk0p1")]),
  ...mmcDisk(0, "MMC", {
    name: "mmcblk0",
    number: "179:0",
    sizeBytes: 32 * GiB,
    partitions: [256 * MiB, 31 * GiB],
    model: "DA4032",
    serial: "0x1a2b3c4d",
  }),
  ...diskInSysfs({
    folder: `${eMMC}/mmcblk0boot0`,
    number: "179:32",
    sizeBytes: 4 * MiB,
    files: { ro: "1" },
  }),
  ...diskInSysfs({
    folder: `${eMMC}/mmcblk0boot1`,
    number: "179:64",
    sizeBytes: 4 * MiB,
    files: { ro: "1" },
  }),
  ...mmcDisk(1, "SD", {
    name: "mmcblk1",
    number: "179:96",
    sizeBytes: 16 * GiB,
    partitions: [15 * GiB],
    model: "SC16G",
    serial: "0x5d6e7f80",
  }),
  ...diskInSysfs({ folder: "platform/spi/mtd/mtd0/mtdblock0", number: "31:0", sizeBytes: 16 * MiB }),
};
