import { GiB, sataDisk } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { systemOn } from "../sysfs.ts";

const cheap = { sizeBytes: 120 * GiB, model: "Generic SSD", serial: "000000000001" };

/** Two disks of a maker that gives every disk the same serial number, on two ports; and one of another maker. */
export const twins: Tree = {
  ...systemOn("259:1"),
  ...sataDisk(1, { ...cheap, name: "sda", number: "8:0" }),
  ...sataDisk(2, { ...cheap, name: "sdb", number: "8:16" }),
  ...sataDisk(3, { ...cheap, name: "sdc", number: "8:32", model: "Other SSD", serial: "REAL-7" }),
};
