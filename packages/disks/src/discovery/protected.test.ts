import { describe, expect, test } from "vitest";
import { loopDevice, madeOf, MiB, sataFolder } from "../testing/disks-in-sysfs.ts";
import { nowhere, sasShelf, twoWays, workbench } from "../testing/machines.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";
import { discover } from "./discover.ts";
import { checkProtectedName } from "./protected.ts";

/** The devices that are protected by these names, and what is said of them. */
async function protectedBy(names: string[], tree: Tree = workbench, practiceFolder: string | null = null) {
  const places = { ...nowhere, practiceFolder, protected: names };
  const found = await discover(memoryMachine(tree), places);
  return found
    .filter(({ obstacles }) => obstacles.some(({ code }) => code === "DEVICE_PROTECTED"))
    .map(({ device }) => device.path);
}

const sdb = `${sataFolder(2)}/block/sdb`;
const links: Tree = {
  "/dev/disk/by-id/wwn-0x50014ee2b1234567": { link: "../../sdb" },
  "/dev/disk/by-path/pci-0000:00:17.0-ata-1": { link: "../../sda" },
  "/dev/disk/by-path/pci-0000:00:17.0-ata-2": { link: "../../sdb" },
  "/dev/disk/by-path/pci-0000:00:14.0-usb-0:2:1.0-scsi-0:0:0:0-part1": { link: "../../sdd1" },
  "/dev/bays/left-1": { link: "../sdc" },
  "/dev/bays/left-2": { link: "../sdd" },
};
const bench: Tree = { ...workbench, ...links };

describe("a device is protected", () => {
  test.each([
    ["serial:WD-WCC7K0AAAAAA", ["/dev/sdb"]],
    ["serial: wd-wcc7k0aaaaaa ", ["/dev/sdb"]],
    ["SERIAL:WD-WCC7K0AAAAAA", ["/dev/sdb"]],
    ["wwn:50014ee2b1234567", ["/dev/sdb"]],
    ["wwn:0x50014EE2B1234567", ["/dev/sdb"]],
    ["/dev/sdb", ["/dev/sdb"]],
    ["/dev/disk/by-id/wwn-0x50014ee2b1234567", ["/dev/sdb"]],
    ["/dev/disk/by-path/pci-0000:00:17.0-ata-*", ["/dev/sda", "/dev/sdb"]],
    ["/dev/disk/by-path/pci-0000:00:17.0-ata-[2-9]", ["/dev/sdb"]],
    ["/dev/disk/*/*ata-2", ["/dev/sdb"]],
    ["/dev/bays/left-?", ["/dev/sdc", "/dev/sdd"]],
    ["/dev/{sdb,sdd}", ["/dev/sdb", "/dev/sdd"]],
    ["/dev/sd?", ["/dev/sda", "/dev/sdb", "/dev/sdc", "/dev/sdd"]],
    ["/dev/disk/by-{id,path}/*[27]", ["/dev/sdb"]],
  ])("by %s", async (name, paths) => {
    expect(await protectedBy([name], bench)).toEqual(paths);
  });

  test("when a partition of it is named", async () => {
    expect(await protectedBy(["/dev/sdd1"], bench)).toEqual(["/dev/sdd"]);
    expect(await protectedBy(["/dev/disk/by-path/*-part1"], bench)).toEqual(["/dev/sdd"]);
  });

  test("when what is made of it is named", async () => {
    const raid = madeOf([sdb], { name: "md0", number: "9:0", sizeBytes: MiB });
    expect(await protectedBy(["/dev/md0"], { ...bench, ...raid })).toEqual(["/dev/sdb"]);
  });

  test("under both names, when it is attached in two ways", async () => {
    const all = (await discover(memoryMachine(twoWays), nowhere)).map(({ device }) => device);
    const pairs = all.filter(
      ({ identity: { serial } }) => all.filter((other) => other.identity.serial === serial).length > 1,
    );
    const [one, other] = pairs.map(({ path }) => path);
    expect(await protectedBy([one!], twoWays)).toEqual([one, other]);
  });

  test("with the disk below, when the file behind a loop device is named", async () => {
    const tree = {
      ...bench,
      ...loopDevice(5, MiB, "/srv/a.img"),
      "/srv/a.img": { kind: "regular", inode: "5", sizeBytes: MiB },
    } as const;
    expect(await protectedBy(["/srv/*.img"], tree)).toEqual(["/dev/loop5", "/dev/sda"]);
  });

  test("in the practice folder too, whatever links lead there", async () => {
    const tree: Tree = {
      ...bench,
      "/srv/practice/a.img": { kind: "regular", inode: "7", sizeBytes: 4096, links: 1 },
      "/srv/practice/b.img": { kind: "regular", inode: "8", sizeBytes: 4096, links: 1 },
      "/practice": { link: "/srv/practice" },
    };
    expect(await protectedBy(["/practice/a.img"], tree, "/srv/practice")).toEqual(["/srv/practice/a.img"]);
    expect(await protectedBy(["/practice/*"], tree, "/practice")).toEqual([
      "/srv/practice/a.img",
      "/srv/practice/b.img",
    ]);
  });

  test("as soon as it is where the name leads, and only as long", async () => {
    const bay = "/dev/disk/by-path/pci-0000:00:17.0-ata-9";
    expect(await protectedBy([bay], bench)).toEqual([]);
    expect(await protectedBy([bay], { ...bench, [bay]: { link: "../../sdc" } })).toEqual(["/dev/sdc"]);
  });

  test("and nothing else is", async () => {
    const names = [
      "serial:WD-WCC7K0AAAAA",
      "wwn:5",
      "/dev/sdx",
      "/dev/sd",
      "/dev/SDB",
      "/dev/null",
      "/",
      "/dev",
    ];
    expect(await protectedBy(names, { ...bench, "/dev/null": { kind: "other" } })).toEqual([]);
  });
});

test("all names by which it is protected are told", async () => {
  const places = { ...nowhere, protected: ["/dev/sdb", "/dev/sdc", "serial:WD-WCC7K0AAAAAA"] };
  const found = await discover(memoryMachine(bench), places);
  expect(found.find(({ device }) => device.path === "/dev/sdb")?.device.refusal).toEqual({
    code: "DEVICE_PROTECTED",
    state: "it is protected (/dev/sdb, serial:WD-WCC7K0AAAAAA)",
    message: "Cannot erase /dev/sdb: it is protected (/dev/sdb, serial:WD-WCC7K0AAAAAA)",
  });
});

test("half a shelf is protected by one glob", async () => {
  expect(await protectedBy(["/dev/sd[a-l]"], sasShelf)).toHaveLength(12);
});

test.each([
  ["sdb", "Cannot protect sdb: a disk is named serial:…, wwn:…, or by a path that begins with /"],
  [
    "disk/by-id/x",
    "Cannot protect disk/by-id/x: a disk is named serial:…, wwn:…, or by a path that begins with /",
  ],
  [
    "",
    "Cannot protect a disk without a name: a disk is named serial:…, wwn:…, or by a path that begins with /",
  ],
  ["serial:", "Cannot protect serial:: nothing is named"],
  ["wwn:  ", "Cannot protect wwn:: nothing is named"],
  ["serial:WD-*", "Cannot protect serial:WD-*: only a path may have * ? [ ] { } in it"],
  ["/dev/**", "Cannot protect /dev/**: its first folder must be written out, and ** is too much"],
  ["/d*/sda", "Cannot protect /d*/sda: its first folder must be written out, and ** is too much"],
  ["/dev/sd\u0007b", "Cannot protect /dev/sdb: that cannot be shown as it is"],
])("%j is no name", (name, message) => {
  expect(() => checkProtectedName(name)).toThrow(message);
});
