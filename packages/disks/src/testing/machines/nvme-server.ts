import { GiB, nvmeDisk, readings, sensor, TB } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { diskInSysfs, systemOn } from "../sysfs.ts";

const subsystem = "virtual/nvme-subsystem/nvme-subsys1";
const controller = "pci0000:00/0000:00:06.0/0000:03:00.0/nvme/nvme1";

/**
 * A server with NVMe disks: one with the system and a second namespace beside it; one that could have several controllers,
 * which lies under its subsystem and has a hidden device for its one path; one that has no name but what it was given.
 */
export const nvmeServer: Tree = {
  ...systemOn("259:1"),
  ...nvmeDisk("0000:02:00.0/nvme/nvme0", {
    name: "nvme0n1",
    number: "259:0",
    sizeBytes: 100 * GiB,
    partitions: [99 * GiB],
    model: "KCD61LUL960G",
    serial: "10N0A0A0T5A8",
    wwn: "eui.00000000000000018ce38ee20a000001",
  }),
  ...nvmeDisk("0000:02:00.0/nvme/nvme0", {
    name: "nvme0n2",
    number: "259:8",
    sizeBytes: 800 * GiB,
    model: "KCD61LUL960G",
    serial: "10N0A0A0T5A8",
    wwn: "eui.00000000000000028ce38ee20a000001",
  }),
  ...diskInSysfs({
    folder: `${subsystem}/nvme1n1`,
    number: "259:16",
    sizeBytes: 2 * TB,
    files: {
      wwid: "eui.36344730537000010025384e00000001",
      "device/model": "SAMSUNG MZWLJ1T9HBJR-00007              ",
      "device/serial": "S64GNE0R000001      ",
    },
  }),
  [`/sys/devices/${subsystem}/nvme1`]: { link: `/sys/devices/${controller}` },
  [`/sys/devices/${controller}/state`]: "live",
  ...diskInSysfs({
    folder: `${controller}/nvme1c1n1`,
    number: "0:0",
    sizeBytes: 2 * TB,
    files: { hidden: "1" },
  }),
  ...nvmeDisk("0000:04:00.0/nvme/nvme2", {
    name: "nvme2n1",
    number: "259:24",
    sizeBytes: 1 * TB,
    model: "QEMU NVMe Ctrl",
    serial: "0000000000",
    wwn: "eui.0000000000000000",
    files: { "queue/logical_block_size": "4096", "queue/physical_block_size": "4096" },
  }),
  ...sensor(0, "nvme", "pci0000:00/0000:00:06.0/0000:02:00.0/nvme/nvme0"),
  ...sensor(1, "nvme", controller),
};

export const nvmeServerPrograms = { grep: readings({ 0: "35850", 1: "41850" }) };
