/** Every way in which a device is used, against every kind of work: what is refused, by which code, in which words. */
import { workVerbs, type WorkKind } from "@trofie/contract";
import { expect, test } from "vitest";
import { loopDevice, madeOf, MiB, sataFolder } from "../testing/disks-in-sysfs.ts";
import { nowhere, workbench } from "../testing/machines.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";
import { mountLine, systemOn } from "../testing/sysfs.ts";
import { discover } from "./discover.ts";
import { refuseUnlessFit } from "./refuse-work.ts";
import type { Places } from "./surroundings.ts";

interface Case {
  /** What is laid over the workbench. */
  readonly more: Tree;
  readonly places?: Places;
  readonly forbidden?: string[];
  readonly programs?: Record<string, string>;
  readonly code: string;
  readonly state: string;
}

const sdb = `${sataFolder(2)}/block/sdb`;
const mountedSdb = systemOn("8:1", [mountLine("8:16", "/mnt", "ext4", "/dev/sdb")]);
const partition: Tree = {
  [`/sys/devices/${sdb}/sdb1/partition`]: "1",
  [`/sys/devices/${sdb}/sdb1/dev`]: "8:17",
  [`/sys/devices/${sdb}/sdb1/size`]: "2048",
  "/sys/dev/block/8:17": { link: `/sys/devices/${sdb}/sdb1` },
  "/dev/sdb1": { number: "8:17" },
};
const madeOfSdb = (name: string, number: string, files: Record<string, string>) =>
  madeOf([sdb], { name, number, sizeBytes: MiB, files });
const inUse = "DEVICE_IN_USE";
const isSystem = "DEVICE_IS_SYSTEM";

const cases: Readonly<Record<string, Case>> = {
  "root on it": {
    more: systemOn("8:16"),
    code: isSystem,
    state: "it holds /, which this machine runs from",
  },
  "root on it through LUKS": {
    more: { ...systemOn("252:0"), ...madeOfSdb("dm-0", "252:0", { "dm/uuid": "CRYPT-LUKS2-x" }) },
    code: isSystem,
    state: "it holds /, which this machine runs from",
  },
  "root on it through RAID": {
    more: { ...systemOn("9:0"), ...madeOfSdb("md0", "9:0", {}) },
    code: isSystem,
    state: "it holds /, which this machine runs from",
  },
  "root on it through btrfs": {
    more: {
      "/": { onDevice: "0:99" },
      "/proc/self/mountinfo": mountLine("0:98", "/", "btrfs", "/dev/sda1"),
      "/sys/fs/btrfs/1234/devices/sda1/dev": "8:1",
      "/sys/fs/btrfs/1234/devices/sdb/dev": "8:16",
    },
    code: isSystem,
    state: "it holds /, which this machine runs from",
  },
  "root on it through an overlay of a loop device": {
    more: {
      "/": { onDevice: "0:50" },
      "/proc/self/mountinfo": [
        mountLine("0:50", "/", "overlay", "overlay", "rw,lowerdir=/ro,upperdir=/rw/up,workdir=/rw/work"),
        mountLine("7:3", "/ro", "squashfs", "/dev/loop3"),
        mountLine("8:16", "/medium", "ext4", "/dev/sdb"),
      ].join("\n"),
      "/ro": { onDevice: "7:3" },
      "/rw/up": { onDevice: "0:51" },
      "/rw/work": { onDevice: "0:51" },
      "/medium/live.squashfs": { kind: "regular", onDevice: "8:16" },
      ...loopDevice(3, MiB, "/medium/live.squashfs"),
    },
    code: isSystem,
    state: "it holds /, which this machine runs from",
  },
  "/boot on it": {
    more: {
      ...systemOn("8:1", [mountLine("8:17", "/boot", "ext4", "/dev/sdb1")]),
      ...partition,
      "/boot": { onDevice: "8:17" },
    },
    code: isSystem,
    state: "it holds /boot, which this machine runs from",
  },
  "/boot/efi on it, not to be looked into": {
    more: { ...systemOn("8:1", [mountLine("8:17", "/boot/efi", "vfat", "/dev/sdb1")]), ...partition },
    code: isSystem,
    state: "it holds /boot/efi, which this machine runs from",
  },
  "what the station needs is on it, bound to another place": {
    more: { ...systemOn("8:1", [mountLine("8:16", "/var/lib/trofie", "ext4", "/dev/sdb")]) },
    places: { ...nowhere, needed: ["/var/lib/trofie/journal"] },
    code: isSystem,
    state: "it holds /var/lib/trofie/journal, which this machine runs from",
  },
  "read-only": {
    more: { [`/sys/devices/${sdb}/ro`]: "1" },
    code: "DEVICE_READ_ONLY",
    state: "it is read-only",
  },
  "no permission to write": {
    more: {},
    forbidden: ["/dev/sdb"],
    code: "DEVICE_READ_ONLY",
    state: "this station may not write to it",
  },
  "LUKS over it": {
    more: madeOfSdb("dm-0", "252:0", { "dm/uuid": "CRYPT-LUKS2-x", "dm/name": "safe" }),
    code: inUse,
    state: "it is held by dm-0 (LUKS safe)",
  },
  "a RAID of it": {
    more: madeOfSdb("md0", "9:0", { "md/level": "raid6" }),
    code: inUse,
    state: "it is held by md0 (raid6)",
  },
  "bcache over it": { more: madeOfSdb("bcache0", "251:0", {}), code: inUse, state: "it is held by bcache0" },
  mounted: { more: mountedSdb, code: inUse, state: "it is mounted at /mnt" },
  "a partition mounted": {
    more: { ...systemOn("8:1", [mountLine("8:17", "/mnt", "ext4", "/dev/sdb1")]), ...partition },
    code: inUse,
    state: "/dev/sdb1 is mounted at /mnt",
  },
  "its journal is another file system's": {
    more: systemOn("8:1", [mountLine("8:1", "/srv", "xfs", "/dev/sda1", "rw,logdev=/dev/sdb,noquota")]),
    code: inUse,
    state: "it is mounted at /srv",
  },
  swap: {
    more: { "/proc/swaps": "Filename Type\n/dev/sdb partition 1 0 -2" },
    code: inUse,
    state: "it is swap",
  },
  "swap on a partition": {
    more: { "/proc/swaps": "Filename Type\n/dev/sdb1 partition 1 0 -2", ...partition },
    code: inUse,
    state: "/dev/sdb1 is swap",
  },
  "in a ZFS pool": {
    more: { "/proc/spl/kstat/zfs/tank/state": "ONLINE" },
    programs: { zpool: "tank\t1T\n\tmirror-0\t1T\n\t/dev/sdb\t1T" },
    code: inUse,
    state: "it is in the ZFS pool tank",
  },
  "behind a loop device that is mounted": {
    more: {
      ...systemOn("8:1", [mountLine("7:5", "/mnt", "ext4", "/dev/loop5")]),
      ...loopDevice(5, MiB, "/dev/sdb"),
    },
    code: inUse,
    state: "it is behind /dev/loop5, mounted at /mnt",
  },
  "a partition behind a loop device": {
    more: { ...loopDevice(5, MiB, "/dev/sdb1"), ...partition },
    code: inUse,
    state: "/dev/sdb1 is behind /dev/loop5",
  },
  "served by iSCSI": {
    more: {
      "/sys/kernel/config/target/core/fileio_0/old/udev_path": "/dev/sdb",
      "/sys/kernel/config/target/core/fileio_0/old/enable": "1",
    },
    code: inUse,
    state: "it is served by the iSCSI target as old",
  },
  "open for writing": {
    more: {
      "/proc/7/comm": "dd",
      "/proc/7/fd/1": { link: "/dev/sdb" },
      "/proc/7/fdinfo/1": "flags:\t0100001",
    },
    code: inUse,
    state: "it is open for writing in process 7 (dd)",
  },
};

/** What each code stands in the way of. */
const hindered: Readonly<Record<string, readonly WorkKind[]>> = {
  DEVICE_IS_SYSTEM: ["erase", "verify", "image-write", "image-read", "spin-down", "unmount"],
  DEVICE_READ_ONLY: ["erase", "image-write"],
  DEVICE_IN_USE: ["erase", "verify", "image-write", "image-read", "spin-down"],
};

/** What is said when the work is tried; null when it may be done. */
async function refusalTo(kind: WorkKind, { more, places = nowhere, forbidden = [], programs = {} }: Case) {
  const machine = memoryMachine({ ...workbench, ...more }, { forbidden, programs });
  const found = (await discover(machine, places)).find(({ device }) => device.path === "/dev/sdb");
  try {
    refuseUnlessFit(found!, kind);
    return null;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
}

test.each(Object.entries(cases))("%s", async (_, each) => {
  const kinds = Object.keys(workVerbs) as WorkKind[];
  for (const kind of kinds) {
    const refusal = { code: each.code, message: `Cannot ${workVerbs[kind]} /dev/sdb: ${each.state}` };
    expect(await refusalTo(kind, each)).toEqual(hindered[each.code]?.includes(kind) ? refusal : null);
  }
});

test("nothing is refused to an unused disk", async () => {
  for (const kind of Object.keys(workVerbs) as WorkKind[]) {
    expect(await refusalTo(kind, { more: {}, code: "", state: "" })).toBeNull();
  }
});

test("of several obstacles the system is told first, then read-only, then the use; and work is told what hinders it", async () => {
  const all: Case = { ...cases["mounted"]!, more: { ...mountedSdb, [`/sys/devices/${sdb}/ro`]: "1" } };
  expect(await refusalTo("erase", all)).toMatchObject({ code: "DEVICE_READ_ONLY" });
  expect(await refusalTo("verify", all)).toMatchObject({
    code: inUse,
    message: "Cannot verify /dev/sdb: it is mounted at /mnt",
  });
  expect(await refusalTo("unmount", all)).toBeNull();
  const system: Case = {
    ...all,
    more: { ...all.more, "/srv/state": { onDevice: "8:16" } },
    places: { ...nowhere, needed: ["/srv/state"] },
  };
  expect(await refusalTo("erase", system)).toMatchObject({ code: isSystem });
});

test("of several uses the one nearest to the kernel's own claims is told first", async () => {
  const claims: Tree[] = [
    madeOfSdb("dm-0", "252:0", { "dm/name": "vault" }),
    mountedSdb,
    { "/proc/swaps": "Filename Type Size Used Priority\n/dev/sdb partition 1 0 -2" },
    loopDevice(3, MiB, "/dev/sdb"),
    { "/proc/7/comm": "dd", "/proc/7/fd/1": { link: "/dev/sdb" }, "/proc/7/fdinfo/1": "flags:\t0100001" },
  ];
  const machine = memoryMachine(Object.assign({ ...workbench }, ...claims) as Tree);
  const found = (await discover(machine, nowhere)).find(({ device }) => device.path === "/dev/sdb");
  expect(found!.device.uses).toEqual([
    "held by dm-0 (vault)",
    "mounted at /mnt",
    "swap",
    "behind /dev/loop3",
    "open for writing in process 7 (dd)",
  ]);
});
