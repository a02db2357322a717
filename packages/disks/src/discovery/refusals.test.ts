import { expect, test } from "vitest";
import type { DeviceRefusal } from "@trofie/contract";
import { discover } from "./discover.ts";
import type { Places } from "./surroundings.ts";
import { nowhere, virtualMachine, workbench } from "../testing/machines.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";
import { diskInSysfs, mountLine, systemOn } from "../testing/sysfs.ts";

/** Why a device of a machine is refused, the first reason; `more` is laid over the machine. */
async function refusalOf(path: string, more: Tree, places: Places = nowhere, machine: Tree = workbench) {
  const found = await discover(memoryMachine({ ...machine, ...more }), places);
  const device = found.map((each) => each.device).find((each) => each.path === path);
  if (device === undefined) throw new Error(`${path} is not in the list`);
  return device.refusal;
}

const inUse = (message: string): DeviceRefusal => ({
  code: "DEVICE_IN_USE",
  state: message.slice(message.indexOf(": ") + 2),
  message,
});
const sdb = "/sys/devices/pci0000:00/0000:00:17.0/ata2/host2/target2:0:0/2:0:0:0/block/sdb";

test("an unused disk is not refused", async () => {
  expect(await refusalOf("/dev/sdb", {})).toBeNull();
});

test("a mounted disk is refused with the place, spaces and all", async () => {
  const mounts = systemOn("8:1", [mountLine("8:16", "/media/old\\040photos", "ext4", "/dev/sdb")]);
  expect(await refusalOf("/dev/sdb", mounts)).toEqual(
    inUse("Cannot erase /dev/sdb: it is mounted at /media/old photos"),
  );
});

test("a disk with a mounted partition is refused with the partition", async () => {
  const mounts = systemOn("8:1", [mountLine("8:49", "/media/stick", "vfat", "/dev/sdd1")]);
  expect(await refusalOf("/dev/sdd", mounts)).toEqual(
    inUse("Cannot erase /dev/sdd: /dev/sdd1 is mounted at /media/stick"),
  );
});

test("every disk of a mounted btrfs is refused, though the mount names one of them and has a number of its own", async () => {
  const btrfs: Tree = {
    ...systemOn("8:1", [mountLine("0:44", "/pool", "btrfs", "/dev/sdb")]),
    "/sys/fs/btrfs/1234/devices/sdb": { link: sdb },
    "/sys/fs/btrfs/1234/devices/sdc/dev": "8:32",
  };
  for (const path of ["/dev/sdb", "/dev/sdc"]) {
    expect(await refusalOf(path, btrfs)).toEqual(inUse(`Cannot erase ${path}: it is mounted at /pool`));
  }
});

test("a disk under one layer of a mounted overlay is refused", async () => {
  const overlay: Tree = {
    ...systemOn("8:1", [
      mountLine("0:50", "/merged", "overlay", "overlay", "rw,lowerdir=/lower,upperdir=/upper"),
    ]),
    "/lower": { onDevice: "8:1" },
    "/upper": { onDevice: "8:16" },
  };
  expect(await refusalOf("/dev/sdb", overlay)).toEqual(
    inUse("Cannot erase /dev/sdb: it is mounted at /merged"),
  );
});

test("a disk with swap on it is refused", async () => {
  expect(await refusalOf("/dev/zram0", {}, nowhere, virtualMachine)).toEqual(
    inUse("Cannot erase /dev/zram0: it is swap"),
  );
});

test("a disk that others are made of is refused with all of them", async () => {
  const raid = diskInSysfs({ folder: "virtual/block/md0", number: "9:0", sizeBytes: 0 });
  const held = { ...raid, [`${sdb}/holders/md0`]: { link: "/sys/devices/virtual/block/md0" } };
  expect(await refusalOf("/dev/sdb", held)).toEqual(inUse("Cannot erase /dev/sdb: it is held by md0"));
});

test("a disk behind a loop device is refused, which the kernel would not do", async () => {
  const loop = { "/sys/block/loop7/dev": "7:7", "/sys/block/loop7/loop/backing_file": "/dev/sdb" };
  expect(await refusalOf("/dev/sdb", loop)).toEqual(inUse("Cannot erase /dev/sdb: it is behind /dev/loop7"));
});

test("a disk that the station may not write to is refused", async () => {
  const machine = memoryMachine(workbench, { forbidden: ["/dev/sdb"] });
  const found = await discover(machine, nowhere);
  expect(found.find(({ device }) => device.path === "/dev/sdb")?.device.refusal).toMatchObject({
    code: "DEVICE_READ_ONLY",
    message: "Cannot erase /dev/sdb: this station may not write to it",
  });
});

test("a read-only disk is refused", async () => {
  expect(await refusalOf("/dev/vdc", {}, nowhere, virtualMachine)).toMatchObject({
    code: "DEVICE_READ_ONLY",
    message: "Cannot erase /dev/vdc: it is read-only",
  });
});

test("the disk under / is the system's, and being the system's is told before being mounted", async () => {
  expect(await refusalOf("/dev/sda", {})).toMatchObject({ code: "DEVICE_IS_SYSTEM" });
});

test("the disk under the station's state folder is the system's", async () => {
  const state: Tree = { "/srv/state": { onDevice: "8:16" } };
  expect(await refusalOf("/dev/sdb", state, { ...nowhere, needed: ["/srv/state"] })).toMatchObject({
    code: "DEVICE_IS_SYSTEM",
    message: "Cannot erase /dev/sdb: it holds /srv/state, which this machine runs from",
  });
});

test("a disk under a loop device under the practice folder is the system's, all the way down", async () => {
  const stack: Tree = {
    ...diskInSysfs({
      folder: "virtual/block/loop5",
      number: "7:5",
      sizeBytes: 1024 * 1024,
      files: { "loop/backing_file": "/mnt/images/practice.img" },
    }),
    "/practice": { onDevice: "7:5" },
    "/mnt/images": { onDevice: "8:16" },
    "/mnt/images/practice.img": { kind: "regular", inode: "5" },
  };
  const places = { ...nowhere, practiceFolder: "/practice" };
  for (const path of ["/dev/sdb", "/dev/loop5"]) {
    expect(await refusalOf(path, stack, places)).toMatchObject({ code: "DEVICE_IS_SYSTEM" });
  }
});

test("a root on btrfs makes all its disks the system's", async () => {
  const btrfs: Tree = {
    ...systemOn("0:30"),
    "/proc/self/mountinfo": mountLine("0:30", "/", "btrfs", "/dev/sdb"),
    "/sys/fs/btrfs/1234/devices/sdb": { link: sdb },
    "/sys/fs/btrfs/1234/devices/sdc/dev": "8:32",
  };
  for (const path of ["/dev/sdb", "/dev/sdc"]) {
    expect(await refusalOf(path, btrfs)).toMatchObject({ code: "DEVICE_IS_SYSTEM" });
  }
});

const practice = { ...nowhere, practiceFolder: "/practice" };
const file: Tree = { "/practice/a.img": { kind: "regular", inode: "7", sizeBytes: 4096, links: 1 } };

test("a practice file behind a loop device is refused, by whatever name the loop device has it", async () => {
  const loop: Tree = {
    ...file,
    "/sys/block/loop7/dev": "7:7",
    "/sys/block/loop7/loop/backing_file": "/other/name.img",
    "/other/name.img": { kind: "regular", inode: "7" },
  };
  expect(await refusalOf("/practice/a.img", loop, practice)).toEqual(
    inUse("Cannot erase /practice/a.img: it is behind /dev/loop7"),
  );
});

test("a practice file with a second name may be somebody's file, and is refused", async () => {
  const linked: Tree = { "/practice/a.img": { kind: "regular", inode: "7", sizeBytes: 4096, links: 2 } };
  expect(await refusalOf("/practice/a.img", linked, practice)).toEqual(
    inUse("Cannot erase /practice/a.img: it is known by 2 names (hard links)"),
  );
});

test("a practice file that is swap is refused", async () => {
  const swap: Tree = { ...file, "/proc/swaps": "Filename\n/practice/a.img file 4 0 -2" };
  expect(await refusalOf("/practice/a.img", swap, practice)).toEqual(
    inUse("Cannot erase /practice/a.img: it is swap"),
  );
});

/** A loop device on /a.img. */
const loopOnFile = (name: string, number: string) =>
  diskInSysfs({
    folder: `virtual/block/${name}`,
    number,
    sizeBytes: 4096,
    files: { "loop/backing_file": "/a.img" },
  });

test("two loop devices on one file are both refused: erasing one would erase the other", async () => {
  const both: Tree = {
    ...loopOnFile("loop1", "7:1"),
    ...loopOnFile("loop2", "7:2"),
    "/a.img": { kind: "regular", inode: "3" },
  };
  expect(await refusalOf("/dev/loop1", both)).toEqual(
    inUse("Cannot erase /dev/loop1: it is the same file as /dev/loop2"),
  );
});
