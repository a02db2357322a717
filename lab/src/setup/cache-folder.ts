import { join } from "node:path";

/** Outside the clone: a machine that is kept need not download a kernel again. Nothing breaks when it is empty. */
export const cacheFolder = process.env["TROFIE_LAB_CACHE"] ?? "/var/cache/trofie-lab";

/** What a machine is started from; `prepareMachine` makes it. */
export const machineParts = {
  kernel: join(cacheFolder, "vmlinux"),
  initramfs: join(cacheFolder, "initramfs.cpio"),
  /** Programs for the machine that are not installed here: udev, iscsistart. */
  tools: join(cacheFolder, "tools"),
};
