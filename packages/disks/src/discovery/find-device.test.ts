import { expect, test } from "vitest";
import { discover } from "./discover.ts";
import { findDevice } from "./find-device.ts";
import type { Places } from "./surroundings.ts";
import { laptop, machines, nowhere, twins, workbench } from "../testing/machines.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";

const practice: Places = { ...nowhere, practiceFolder: "/practice" };
const files: Tree = {
  "/practice/a.img": { kind: "regular", inode: "7", sizeBytes: 4096 },
  "/practice/odd.img": { kind: "regular", inode: "8", sizeBytes: 1000 },
  "/practice/away.img": { link: "/home/letters" },
  "/home/letters": { kind: "regular", inode: "9", sizeBytes: 4096 },
  "/dev/disk/by-id/wwn-0x50014ee2b1234567": { link: "/dev/sdb" },
  "/dev/null": { kind: "other" },
};

async function pathFound(written: string, tree: Tree = workbench, places = practice): Promise<string> {
  const machine = memoryMachine({ ...tree, ...files });
  return (await findDevice(machine, await discover(machine, places), places, written)).device.path;
}

test("a device is found by its path, its bare name, or a link to it", async () => {
  for (const written of ["/dev/sdb", "sdb", "/dev/../dev/sdb", "/dev/disk/by-id/wwn-0x50014ee2b1234567"]) {
    expect(await pathFound(written)).toBe("/dev/sdb");
  }
});

test("a practice file is found by its path or its name", async () => {
  for (const written of ["/practice/a.img", "a.img"])
    expect(await pathFound(written)).toBe("/practice/a.img");
});

const refused: [string, string][] = [
  ["/dev/sdx", "Cannot erase /dev/sdx: there is no such device"],
  ["sdx", "Cannot erase sdx: there is no such device"],
  ["../practice/a.img", "Cannot erase ../practice/a.img: there is no such device"],
  ["/dev/sdd1", "Cannot erase /dev/sdd1: it is a partition of /dev/sdd, and only whole disks are erased"],
  ["/dev/sr0", "Cannot erase /dev/sr0: it is no disk, or nothing is in it"],
  ["/dev/null", "Cannot erase /dev/null: it is neither a disk nor a practice file"],
  ["/home/letters", "Cannot erase /home/letters: it is a file outside the practice folder /practice"],
  [
    "/practice/away.img",
    "Cannot erase /practice/away.img: it is a file outside the practice folder /practice",
  ],
  [
    "/practice/odd.img",
    "Cannot erase /practice/odd.img: its 1000 bytes are no whole number of sectors of 512 bytes",
  ],
  ["/dev/sdb\u0000x", "Cannot erase /dev/sdbx: there is no such device"],
];

test.each(refused)("%j is no device, and the sentence says why", async (written, message) => {
  await expect(pathFound(written)).rejects.toMatchObject({ code: "DEVICE_NOT_FOUND", message });
});

test("a device made of others is no disk, and the sentence names what it is made of", async () => {
  await expect(pathFound("/dev/dm-1", laptop)).rejects.toMatchObject({
    message: "Cannot erase /dev/dm-1: it is made of /dev/dm-0, and only whole disks are erased",
  });
});

test("without a practice folder no file is a device", async () => {
  await expect(pathFound("/practice/a.img", workbench, nowhere)).rejects.toMatchObject({
    message: "Cannot erase /practice/a.img: it is a file, and no practice folder is open",
  });
});

test("a disk is found by its serial number and its world-wide name, written large or small", async () => {
  const written = [
    "serial:WD-WCC7K0AAAAAA",
    "serial: wd-wcc7k0aaaaaa ",
    "Serial:WD-WCC7K0AAAAAA",
    "wwn:naa.50014ee2b1234567",
    "wwn:0x50014EE2B1234567",
    "wwn:wwn-0x50014ee2b1234567",
    "WWN:50014ee2b1234567",
  ];
  for (const each of written) expect(await pathFound(each)).toBe("/dev/sdb");
});

test.each(["serial:WD-WCC7K0AAAAA", "serial:", "wwn:", "wwn:0x", "serial:null"])(
  "%j names no disk: a part of a name is no name",
  async (written) => {
    await expect(pathFound(written)).rejects.toMatchObject({
      code: "DEVICE_NOT_FOUND",
      message: `Cannot erase ${written}: no device has that name now`,
    });
  },
);

test("a name that two disks have names none, and the sentence lists both", async () => {
  await expect(pathFound("serial:000000000001", twins)).rejects.toMatchObject({
    code: "DEVICE_NOT_FOUND",
    message:
      "Cannot erase serial:000000000001: 2 devices have that name, /dev/sda (Generic SSD), /dev/sdb (Generic SSD); name one by its path",
  });
});

test("a disk that the kernel cannot use is found all the same: what it is refused for says what to do", async () => {
  const { tree } = machines["odd disks"]!;
  expect(await pathFound("sdb", tree)).toBe("/dev/sdb");
  await expect(pathFound("sdd", tree)).rejects.toMatchObject({
    message: "Cannot erase sdd: it claims a size that no disk has",
  });
});

test("the parts of an eMMC that a board boots from are no disks", async () => {
  await expect(pathFound("mmcblk0boot0", machines["board"]!.tree)).rejects.toMatchObject({
    message: "Cannot erase mmcblk0boot0: it is no disk, or nothing is in it",
  });
});
