import { GiB, sataDisk, TB, type DiskWritten } from "../disks-in-sysfs.ts";
import type { Tree } from "../memory-machine.ts";
import { mountLine, systemOn } from "../sysfs.ts";

const letters = "abcdef";

function disk(port: number, more: Partial<DiskWritten> = {}): Tree {
  return sataDisk(port, {
    name: `sd${letters[port - 1]}`,
    number: `8:${(port - 1) * 16}`,
    sizeBytes: 4 * TB,
    serial: `WD-WCC${port}`,
    wwn: `naa.50014ee2b000000${port}`,
    rotational: true,
    ...more,
  });
}

const system = systemOn("8:1", [
  mountLine("8:81", "/var/lib/docker", "xfs", "/dev/sdf1"),
  mountLine(
    "0:52",
    "/var/lib/docker/overlay2/abc/merged",
    "overlay",
    "overlay",
    "rw,lowerdir=/var/lib/docker/overlay2/l/A:/var/lib/docker/overlay2/l/B,upperdir=/var/lib/docker/overlay2/abc/diff,workdir=/var/lib/docker/overlay2/abc/work",
  ),
]);

const lio = "/sys/kernel/config/target/core";
const nvmet = "/sys/kernel/config/nvmet/subsystems";

/**
 * A machine that serves its disks to others: one by iSCSI, one over NVMe, one that is set up but not served; one is the
 * raw disk of a virtual machine, one has layers of containers on it.
 */
export const storageTarget: Tree = {
  ...system,
  "/proc/400/mountinfo": system["/proc/self/mountinfo"]!,
  ...disk(1, { partitions: [4 * TB - GiB] }),
  ...disk(2),
  ...disk(3),
  ...disk(4),
  ...disk(5, { partitions: [2 * TB] }),
  ...disk(6, { partitions: [4 * TB - GiB] }),
  "/var/lib/docker": { onDevice: "8:81" },
  "/var/lib/docker/overlay2/l/A/etc": "",
  "/var/lib/docker/overlay2/l/B/etc": "",
  "/var/lib/docker/overlay2/abc/diff/etc": "",
  "/var/lib/docker/overlay2/abc/work/work": "",
  [`${lio}/iblock_0/backup/udev_path`]: "/dev/sdb",
  [`${lio}/iblock_0/backup/enable`]: "1",
  [`${lio}/iblock_0/hba_info`]: "HBA Index: 1 plugin: iblock version: v5.0",
  [`${lio}/alua/lu_gps/default_lu_gp/members`]: "",
  [`${lio}/iblock_1/spare/udev_path`]: "/dev/sdd",
  [`${lio}/iblock_1/spare/enable`]: "0",
  [`${nvmet}/nqn.2026-01.org.example:fast/namespaces/1/device_path`]: "/dev/sdc",
  [`${nvmet}/nqn.2026-01.org.example:fast/namespaces/1/enable`]: "1",
  "/proc/self": { link: "400" },
  "/proc/400/stat": "400 (node) S 1 400 400 0 -1 4194560",
  "/proc/812/comm": "qemu-system-x86",
  "/proc/812/stat": "812 (qemu-system-x86) S 1 812 812 0 -1 138412416",
  "/proc/812/fd/0": { link: "/dev/null" },
  "/proc/812/fd/14": { link: "/dev/sde1" },
  "/proc/812/fdinfo/14": "pos:\t0\nflags:\t02140002\nmnt_id:\t24",
  "/proc/900/comm": "smartd",
  "/proc/900/stat": "900 (smartd) S 1 900 900 0 -1 4194560",
  "/proc/900/fd/3": { link: "/dev/sdd" },
  "/proc/900/fdinfo/3": "pos:\t0\nflags:\t02100000\nmnt_id:\t24",
  // one of our own jobs, and the tool that it has started
  "/proc/500/stat": "500 (node) D 400 500 400 0 -1 4194560",
  "/proc/500/fd/20": { link: "/dev/sdd" },
  "/proc/500/fdinfo/20": "pos:\t0\nflags:\t02140002\nmnt_id:\t24",
  "/proc/501/stat": "501 (a (b) c) S 500 501 400 0 -1 4194560",
  "/proc/501/fd/3": { link: "/dev/sdd" },
  "/proc/501/fdinfo/3": "pos:\t0\nflags:\t0100001\nmnt_id:\t24",
};
