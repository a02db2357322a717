import { describe, expect, test } from "vitest";
import { Device as DeviceSchema, type Device } from "@trofie/contract";
import type { Machine } from "../machine/machine.ts";
import { DeviceMemory } from "./device-memory.ts";
import { discover, discoverWithoutContents } from "./discover.ts";
import {
  laptop,
  machines,
  nowhere,
  sasShelf,
  twins,
  virtualMachine,
  workbench,
} from "../testing/machines.ts";
import { memoryMachine, type Entry, type Tree } from "../testing/memory-machine.ts";

const GiB = 1024 ** 3;
const udev: Tree = { "/run/udev/data/b8:0": "" };

async function devicesOf(
  tree: Tree,
  programs: Record<string, string> = {},
  places = nowhere,
): Promise<Device[]> {
  const found = await discover(memoryMachine(tree, { programs }), places);
  return found.map(({ device }) => device);
}

async function deviceOf(tree: Tree, path: string, programs?: Record<string, string>): Promise<Device> {
  const device = (await devicesOf(tree, programs)).find((each) => each.path === path);
  if (device === undefined) throw new Error(`${path} is not in the list`);
  return device;
}

test("a laptop has one disk: partitions and the devices made of them are not disks", async () => {
  const [disk, ...others] = await devicesOf(laptop);
  expect(others).toEqual([]);
  expect(disk).toMatchObject({
    path: "/dev/nvme0n1",
    bus: "nvme",
    rotational: false,
    identity: {
      kind: "disk",
      serial: "S64KNX0T123456",
      wwn: "eui.002538b5c1234567",
      model: "SAMSUNG MZVL2512HCJQ-00BL7",
      sizeBytes: 512 * GiB,
      busPath: null,
    },
  });
});

test("a disk under LUKS and LVM is the system's disk, and everything on it is told", async () => {
  const disk = await deviceOf(laptop, "/dev/nvme0n1");
  expect(disk.refusal).toMatchObject({
    code: "DEVICE_IS_SYSTEM",
    message: "Cannot erase /dev/nvme0n1: it holds /, which this machine runs from",
  });
  expect(disk.uses).toEqual([
    "/dev/nvme0n1p1 mounted at /boot/efi",
    "/dev/nvme0n1p2 mounted at /boot",
    "/dev/nvme0n1p3 held by dm-0 (LUKS cryptlaptop)",
    "/dev/nvme0n1p3 held by dm-1 (LVM vg-root), mounted at /",
    "/dev/nvme0n1p3 held by dm-2 (LVM vg-swap), swap",
  ]);
});

test("CD drives, empty card readers, free loop devices and RAM disks are not in the list", async () => {
  expect((await devicesOf(workbench)).map(({ path }) => path)).toEqual([
    "/dev/sda",
    "/dev/sdb",
    "/dev/sdc",
    "/dev/sdd",
  ]);
});

test("a SATA disk is known by its serial number from page 80h, with sizes and sectors in bytes", async () => {
  expect(await deviceOf(workbench, "/dev/sdb")).toMatchObject({
    bus: "sata",
    rotational: true,
    logicalSectorBytes: 512,
    physicalSectorBytes: 4096,
    identity: {
      serial: "WD-WCC7K0AAAAAA",
      wwn: "naa.50014ee2b1234567",
      busPath: null,
      sizeBytes: 4000 * GiB,
    },
    uses: [],
    refusal: null,
  });
});

test("a USB disk has the serial number of its USB device, not that of the hub above", async () => {
  expect((await deviceOf(workbench, "/dev/sdd")).identity.serial).toBe("4C530001230912116234");
});

test("a USB stick without serial number and WWN is known by the port it is in, without the kernel's counting", async () => {
  const { identity, bus } = await deviceOf(workbench, "/dev/sdc");
  expect(bus).toBe("usb");
  expect(identity).toMatchObject({
    serial: null,
    wwn: null,
    busPath: "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host/target:0:0/:0:0:0",
  });
});

test("two disks with the same serial number are told apart by where they are attached, a third one needs no such thing", async () => {
  const identities = (await devicesOf(twins)).map(({ identity }) => identity);
  expect(identities.map(({ busPath }) => busPath)).toEqual([
    "pci0000:00/0000:00:17.0/ata1/host/target:0:0/:0:0:0",
    "pci0000:00/0000:00:17.0/ata2/host/target:0:0/:0:0:0",
    null,
  ]);
});

test("a virtio disk has the serial number it was given, or a bus path", async () => {
  expect((await deviceOf(virtualMachine, "/dev/vda")).identity).toMatchObject({
    serial: "system-disk",
    busPath: null,
  });
  expect((await deviceOf(virtualMachine, "/dev/vdb")).identity).toMatchObject({
    serial: null,
    busPath: "pci0000:00/0000:00:03.0/virtio",
  });
});

test("a disk with sectors of 4096 bytes has its size in bytes all the same", async () => {
  expect(await deviceOf(virtualMachine, "/dev/vdc")).toMatchObject({
    identity: { sizeBytes: 10 * GiB },
    logicalSectorBytes: 4096,
    readOnly: true,
  });
});

test("what udev knows of a disk and its partitions is what it holds", async () => {
  const lsblk = JSON.stringify({
    blockdevices: [
      { path: "/dev/sda", fstype: null, pttype: "gpt", label: null },
      { path: "/dev/sda1", fstype: "ext4", pttype: "gpt", label: "root\u001B[2J" },
      { path: "/dev/sdb", fstype: "zfs_member", pttype: null, label: "tank" },
    ],
  });
  const { holds } = await deviceOf({ ...workbench, ...udev }, "/dev/sda", { lsblk });
  expect(holds.map(({ path, type, label }) => ({ path, type, label }))).toEqual([
    { path: "/dev/sda", type: "gpt", label: null },
    { path: "/dev/sda1", type: "ext4", label: "root[2J" },
  ]);
  expect((await deviceOf({ ...workbench, ...udev }, "/dev/sdb", { lsblk })).holds).toMatchObject([
    { type: "zfs_member" },
  ]);
  expect((await deviceOf({ ...workbench, ...udev }, "/dev/sdd", { lsblk })).holds).toMatchObject([
    { path: "/dev/sdd1", type: "part" },
  ]);
});

test("a lsblk that hangs or babbles leaves the list whole", async () => {
  expect(await devicesOf({ ...workbench, ...udev })).toHaveLength(4);
  expect(await devicesOf({ ...workbench, ...udev }, { lsblk: "lsblk: cannot open" })).toHaveLength(4);
});

test("a device that leaves in the middle of the sweep is not in the list, and the others are", async () => {
  const {
    "/sys/devices/pci0000:00/0000:00:17.0/ata2/host2/target2:0:0/2:0:0:0/block/sdb/dev": _gone,
    ...rest
  } = workbench;
  expect((await devicesOf(rest)).map(({ path }) => path)).toEqual(["/dev/sda", "/dev/sdc", "/dev/sdd"]);
});

test("a disk that leaves while it is asked what it is, is not in the list with half a name", async () => {
  const tree: Record<string, Entry> = { ...workbench };
  const machine = memoryMachine(tree);
  const leaving: Machine = {
    ...machine,
    async readText(path) {
      if (!path.endsWith("/block/sdb/device/vpd_pg80")) return machine.readText(path);
      for (const each of Object.keys(tree)) if (each.includes("/block/sdb")) delete tree[each];
      return null;
    },
  };
  const found = await discover(leaving, nowhere);
  expect(found.map(({ device }) => device.path)).toEqual(["/dev/sda", "/dev/sdc", "/dev/sdd"]);
});

test("without knowing what is mounted nothing is listed", async () => {
  const { "/proc/self/mountinfo": _unreadable, ...rest } = workbench;
  await expect(devicesOf(rest)).rejects.toThrow("Cannot tell what is mounted");
});

test("the regular files of the practice folder are devices, and nothing else in it or beside it", async () => {
  const files: Tree = {
    "/practice": { onDevice: "8:1" },
    "/practice/disk-1.img": { kind: "regular", inode: "12", sizeBytes: 4096 },
    "/practice/empty.img": { kind: "regular", sizeBytes: 0 },
    "/practice/odd.img": { kind: "regular", sizeBytes: 1000 },
    "/practice/bad\nname.img": { kind: "regular", sizeBytes: 4096 },
    "/practice/away.img": { link: "/home/letters" },
    "/practice/folder/inner.img": { kind: "regular", sizeBytes: 4096 },
    "/home/letters": { kind: "regular", sizeBytes: 4096 },
  };
  const found = await devicesOf({ ...workbench, ...files }, {}, { ...nowhere, practiceFolder: "/practice" });
  expect(found.slice(4)).toMatchObject([
    {
      path: "/practice/disk-1.img",
      bus: "file",
      identity: { kind: "practice", backing: "/practice/disk-1.img 8:1:12", sizeBytes: 4096, diskseq: null },
      refusal: null,
    },
  ]);
});

test("a loop device is known by its backing file, its place in it and its attachment", async () => {
  const loop: Tree = {
    "/sys/block/loop3": { link: "/sys/devices/virtual/block/loop3" },
    "/sys/devices/virtual/block/loop3/dev": "7:3",
    "/sys/devices/virtual/block/loop3/size": "2048",
    "/sys/devices/virtual/block/loop3/diskseq": "21",
    "/sys/devices/virtual/block/loop3/loop/backing_file": "/images/a.img",
    "/sys/devices/virtual/block/loop3/loop/offset": "1048576",
    "/images/a.img": { kind: "regular", inode: "99", sizeBytes: 1 },
  };
  expect(await deviceOf({ ...workbench, ...loop }, "/dev/loop3")).toMatchObject({
    bus: "loop",
    identity: {
      kind: "loop",
      backing: "/images/a.img 8:1:99 from byte 1048576",
      diskseq: "21",
      busPath: null,
    },
  });
});

test("24 disks are listed by one program that knows all disks and one that reads all sensors", async () => {
  const { tree, ...options } = machines["SAS shelf"]!;
  const machine = memoryMachine({ ...tree, ...udev }, options);
  const started: string[] = [];
  const counting: Machine = {
    ...machine,
    run: (program, args) => {
      started.push(program);
      return machine.run(program, args);
    },
  };
  const memory = new DeviceMemory();
  await discover(counting, nowhere, memory);
  expect(started).toEqual(["grep", "lsblk"]);
  started.length = 0;
  await discover(counting, nowhere, memory);
  expect(started).toEqual(["lsblk"]);
  await discoverWithoutContents(counting, nowhere);
  expect(started).toEqual(["lsblk"]);
});

test("a device has a usable description whatever the disk says", async () => {
  const devices = await devicesOf(machines["odd disks"]!.tree);
  for (const device of devices) expect(() => DeviceSchema.parse(device)).not.toThrow();
  expect(devices.find(({ path }) => path === "/dev/sdg")).toMatchObject({
    logicalSectorBytes: 512,
    physicalSectorBytes: 512,
    rotational: false,
  });
});

describe("a disk without a size", () => {
  const sdc =
    "/sys/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.0/host0/port-0:0/expander-0:0/port-0:0:2/end_device-0:0:2/target0:0:2/0:0:2:0/block/sdc";
  const sdcOf = async (more: Tree) => {
    const found = await discover(memoryMachine({ ...sasShelf, ...more }), nowhere);
    return found.find(({ device }) => device.path === "/dev/sdc");
  };

  test("that the kernel cannot use is in the list, with its names, and nobody looks into it", async () => {
    const found = await sdcOf({});
    expect(found?.device).toMatchObject({
      identity: { serial: "Z1Z0AA020000R541", sizeBytes: 0 },
      bus: "sas",
      holds: [],
      refusal: { code: "DEVICE_UNUSABLE" },
    });
    expect(found?.regions).toEqual([]);
    expect(DeviceSchema.parse(found?.device)).toEqual(found?.device);
  });

  test.each([
    ["is being removed", { [`${sdc}/device/state`]: "cancel" }],
    ["has no medium in it", { [`${sdc}/removable`]: "1" }],
    ["is a tape or a CD", { [`${sdc}/device/type`]: "5" }],
  ])("that %s is not there", async (_, more) => {
    expect(await sdcOf(more)).toBeUndefined();
  });
});
