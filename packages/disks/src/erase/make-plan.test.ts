import { expect, test } from "vitest";
import { eraseMethods, type Content, type Device } from "@trofie/contract";
import { discover, type Found } from "../discovery/discover.ts";
import { makePlan as makePlanIn } from "./make-plan.ts";
import { nowhere, twins, workbench } from "../testing/machines.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";
import { diskInSysfs } from "../testing/sysfs.ts";

async function foundAt(tree: Tree, path: string): Promise<Found> {
  const found = (await discover(memoryMachine(tree), nowhere)).find(({ device }) => device.path === path);
  if (found === undefined) throw new Error(`${path} is not in the list`);
  return found;
}

const deviceOf = async (tree: Tree, path: string): Promise<Device> => (await foundAt(tree, path)).device;

const makePlan = (device: Device, method: string, holds: Content[] | null) =>
  makePlanIn({ device, isThroughMemory: false }, method, holds, "boot");

test("a plan says what would be done to which disk, and what to type", async () => {
  const device = await deviceOf(workbench, "/dev/sdb");
  const { sizeBytes } = device.identity;
  expect(makePlan(device, "zero", [])).toEqual({
    bootId: "boot",
    path: "/dev/sdb",
    identity: device.identity,
    method: { id: "zero", title: "Zeros, one pass", source: eraseMethods["zero"]?.source },
    passes: [{ patternHex: "00", verified: true }],
    level: "Clear",
    bytesTotal: 2 * sizeBytes,
    estimatedMs: expect.any(Number),
    holds: [],
    warnings: [],
    confirm: { word: "AAAA", what: "the last four characters of its serial number" },
  });
});

test("the same device and method give the same plan", async () => {
  const [one, two] = [await deviceOf(workbench, "/dev/sdd"), await deviceOf(workbench, "/dev/sdd")];
  expect(makePlan(one, "zero", [])).toEqual(makePlan(two, "zero", []));
});

test("what a disk holds stands in the plan", async () => {
  const holds = [{ path: "/dev/sdb", type: "zfs_member", label: "tank", sizeBytes: 4096 }];
  const plan = makePlan(await deviceOf(workbench, "/dev/sdb"), "zero", holds);
  expect(plan).toMatchObject({ holds });
});

test("a disk that could not be read may hold anything, and the plan warns of it", async () => {
  const { warnings } = makePlan(await deviceOf(workbench, "/dev/sdb"), "zero", null);
  expect(warnings).toEqual(["What it holds could not be read; take it for full"]);
});

test.each([
  ["0", ["The file behind it is read through memory"]],
  ["1", []],
])(
  "the plan for a loop device whose direct I/O is %s warns when it will give no evidence",
  async (dio, starts) => {
    const loop = {
      ...workbench,
      ...diskInSysfs({
        folder: "virtual/block/loop5",
        number: "7:5",
        sizeBytes: 4096,
        files: { "loop/backing_file": "/images/five", "loop/dio": dio },
      }),
    };
    const { warnings } = makePlanIn(await foundAt(loop, "/dev/loop5"), "zero", [], "boot");
    expect(warnings.map((warning) => warning.split(":")[0])).toEqual(starts);
  },
);

test("the plan for flash warns that overwriting does not reach spare cells", async () => {
  const { warnings } = makePlan(await deviceOf(workbench, "/dev/sdd"), "zero", []);
  expect(warnings).toEqual([
    "Flash: overwriting does not reach spare and retired cells, which may keep old data",
  ]);
});

test("a disk without a serial number is confirmed by name, and the plan says what it is recognised by", async () => {
  const plan = makePlan(await deviceOf(workbench, "/dev/sdc"), "zero", []);
  expect(plan.confirm).toEqual({ word: "sdc", what: "its name, for it has no serial number" });
  expect(plan.warnings).toEqual([
    "It has neither serial number nor WWN: it is recognised by where it is attached, pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host/target:0:0/:0:0:0",
  ]);
});

test("of two disks with one serial number the plan says so", async () => {
  const { warnings } = makePlan(await deviceOf(twins, "/dev/sda"), "zero", []);
  expect(warnings.at(-1)).toMatch(/^Another disk has the same serial number and WWN: it is recognised by/);
});

test("an unknown method is refused with the ones there are", async () => {
  const device = await deviceOf(workbench, "/dev/sdb");
  for (const method of ["gutman", "toString", "__proto__"]) {
    expect(() => makePlan(device, method, [])).toThrow(
      expect.objectContaining({
        code: "ERASE_METHOD_NOT_FOUND",
        message: `Cannot erase /dev/sdb by "${method}": the methods are zero`,
      }),
    );
  }
});

test("a refused device has no plan", async () => {
  const device = await deviceOf(workbench, "/dev/sda");
  expect(() => makePlan(device, "zero", [])).toThrow(expect.objectContaining({ code: "DEVICE_IS_SYSTEM" }));
});

test("every method has passes in whole bytes and says where it comes from", () => {
  for (const { passes, source, title } of Object.values(eraseMethods)) {
    expect(passes.length).toBeGreaterThan(0);
    for (const { patternHex } of passes) expect(patternHex).toMatch(/^([0-9a-f]{2})+$/);
    expect(source).not.toBe("");
    expect(title).not.toBe("");
  }
});
