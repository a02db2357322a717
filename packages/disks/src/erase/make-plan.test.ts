import { expect, test } from "vitest";
import { ErasePlan, findOverwrite, overwriteMethods, type Content, type EraseWork } from "@trofie/contract";
import { discoverWithoutContents, type Found } from "../discovery/discover.ts";
import { nowhere, twins, workbench } from "../testing/machines.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";
import { diskInSysfs } from "../testing/sysfs.ts";
import { zeroWork } from "../testing/workbench.ts";
import { bytesOfReading } from "./sample.ts";
import { makeErasePlan } from "./make-plan.ts";

interface Asked extends Partial<Omit<EraseWork, "kind" | "path">> {
  readonly holds?: Content[] | null;
  /** Of the device, as it was found. */
  readonly found?: (found: Found) => Found;
}

async function planOn(
  tree: Tree,
  path: string,
  { holds = [], found: change = (found) => found, ...work }: Asked = {},
): Promise<ErasePlan> {
  const machine = memoryMachine(tree);
  const found = (await discoverWithoutContents(machine, nowhere)).find(({ device }) => device.path === path);
  if (found === undefined) throw new Error(`${path} is not in the list`);
  const context = {
    machine,
    places: nowhere,
    found: change(found),
    bootId: "boot",
    holds: async () => holds,
    left: null,
  };
  return makeErasePlan(context, { ...zeroWork, path, ...work });
}

const withHidden =
  (hpa: "none" | "present" | "unknown", dco: "none" | "present" | "unknown") => (found: Found) => ({
    ...found,
    device: { ...found.device, hidden: { hpa, dco } },
  });
const nothingHidden = withHidden("none", "none");

const GiB = 1024 ** 3;

test("a plan says what would be done to which disk, and what to type", async () => {
  const plan = await planOn(workbench, "/dev/sdb");
  expect(plan).toEqual({
    kind: "erase",
    bootId: "boot",
    path: "/dev/sdb",
    identity: expect.objectContaining({ serial: "WD-WCC7K0AAAAAA", sizeBytes: 4000 * GiB }),
    method: { id: "zero", title: "Zeros, one pass", source: findOverwrite("zero")?.source },
    passes: [{ kind: "overwrite", write: "00", verified: true }],
    rounds: 1,
    shuffled: [],
    stream: "chacha8",
    reading: "full",
    level: "Clear",
    bytesTotal: 2 * 4000 * GiB,
    estimatedMs: expect.any(Number),
    holds: [],
    warnings: [],
    confirm: { word: "AAAA", what: "the last four characters of its serial number" },
  });
  expect(ErasePlan.parse(plan)).toEqual(plan);
});

test("the same device and work give the same plan", async () => {
  expect(await planOn(workbench, "/dev/sdd")).toEqual(await planOn(workbench, "/dev/sdd"));
});

test("every overwriting method has a plan that fits the contract, and reaches no more than Clear", async () => {
  for (const method of Object.keys(overwriteMethods)) {
    const plan = await planOn(workbench, "/dev/sdb", { method, rounds: 2, blank: true, discard: true });
    expect(ErasePlan.parse(plan)).toEqual(plan);
    expect(plan.level).toBe("Clear");
    expect(plan.passes.findLast(({ kind }) => kind === "overwrite")).toMatchObject({
      write: "00",
      verified: true,
    });
    expect(plan.passes.at(-1)).toEqual({ kind: "discard" });
  }
});

test("a method of one's own is planned as it was given", async () => {
  const method = { title: "Ours", source: "our handbook §3", passes: ["0f", "random", "a", "~a"] };
  const plan = await planOn(workbench, "/dev/sdb", { method });
  expect(plan).toMatchObject({
    method: { id: "custom", title: "Ours", source: "our handbook §3" },
    level: "Clear",
  });
  expect(plan.passes.map((pass) => pass.kind === "overwrite" && pass.write)).toEqual(method.passes);
});

test("the total counts what is read back, and how long it takes follows from it", async () => {
  const full = await planOn(workbench, "/dev/sdb", { method: "dod-3", verify: "all" });
  const sampled = await planOn(workbench, "/dev/sdb", { reading: "sampled" });
  expect(full.bytesTotal).toBe(6 * 4000 * GiB);
  expect(sampled.bytesTotal).toBe(4000 * GiB + bytesOfReading(4000 * GiB, "sampled"));
  expect(full.estimatedMs / sampled.estimatedMs).toBeCloseTo(full.bytesTotal / sampled.bytesTotal);
});

test("what a disk holds stands in the plan", async () => {
  const holds = [{ path: "/dev/sdb", type: "zfs_member", label: "tank", sizeBytes: 4096 }];
  expect(await planOn(workbench, "/dev/sdb", { holds })).toMatchObject({ holds });
});

test("a disk that could not be read may hold anything, and the plan warns of it", async () => {
  const { warnings } = await planOn(workbench, "/dev/sdb", { holds: null });
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
    const { warnings } = await planOn(loop, "/dev/loop5");
    expect(warnings.map((warning) => warning.split(":")[0])).toEqual(starts);
  },
);

const spareCells = "Flash: overwriting does not reach spare and retired cells, which may keep old data";

test("the plan for flash warns that overwriting does not reach spare cells, and that more passes are no better", async () => {
  expect((await planOn(workbench, "/dev/sdd")).warnings).toEqual([spareCells]);
  const { warnings } = await planOn(workbench, "/dev/sdd", { method: "dod-3" });
  expect(warnings).toEqual([
    spareCells,
    expect.stringMatching(/^Flash: more passes than one wear it and erase no more/),
  ]);
});

test("the plan says what samples do not see", async () => {
  const sampled = await planOn(workbench, "/dev/sdb", { reading: "sampled" });
  const quick = await planOn(workbench, "/dev/sdb", { reading: "quick" });
  expect(sampled.warnings).toEqual([
    expect.stringMatching(/^Only samples are read back, a tenth of the disk/),
  ]);
  expect(quick.warnings).toEqual([expect.stringMatching(/^Only a hundredth .* conforms to no standard/)]);
});

test("the plan warns of a hidden area that is there, and for NIST Clear of one that may be", async () => {
  const present = await planOn(workbench, "/dev/sdb", { found: withHidden("present", "none") });
  expect(present.warnings).toEqual([
    "It has a host protected area (HPA): that part of the medium is not erased",
  ]);
  const unknown = { found: withHidden("unknown", "unknown") };
  expect((await planOn(workbench, "/dev/sdb", unknown)).warnings).toEqual([]);
  const clear = await planOn(workbench, "/dev/sdb", { ...unknown, method: "nist-clear" });
  expect(clear.warnings).toEqual([
    "Whether it has a host protected area (HPA) is not known; that part would not be erased",
    "Whether it has a device configuration overlay (DCO) is not known; that part would not be erased",
  ]);
  expect(
    (await planOn(workbench, "/dev/sdb", { found: nothingHidden, method: "nist-clear" })).warnings,
  ).toEqual([]);
});

test("the plan says that discarding proves nothing", async () => {
  const { warnings } = await planOn(workbench, "/dev/sdb", { discard: true });
  expect(warnings).toEqual([
    expect.stringMatching(/^Discarding comes after the last verification, and proves nothing/),
  ]);
});

test("a disk without a serial number is confirmed by name, and the plan says what it is recognised by", async () => {
  const plan = await planOn(workbench, "/dev/sdc");
  expect(plan.confirm).toEqual({ word: "sdc", what: "its name, for it has no serial number" });
  expect(plan.warnings).toEqual([
    expect.stringMatching(
      /^It has neither serial number nor WWN: it is recognised by where it is attached, pci/,
    ),
  ]);
});

test("of two disks with one serial number the plan says so", async () => {
  const { warnings } = await planOn(twins, "/dev/sda");
  expect(warnings).toContainEqual(
    expect.stringMatching(/^Another disk has the same serial number and WWN: it is recognised by/),
  );
});

test("an unknown method is refused with the one that was most likely meant", async () => {
  const asked = { gutman: "; the nearest is gutmann", toString: "", ["__proto__"]: "" };
  for (const [method, nearest] of Object.entries(asked)) {
    await expect(planOn(workbench, "/dev/sdb", { method })).rejects.toMatchObject({
      code: "ERASE_METHOD_NOT_FOUND",
      message: `Cannot erase /dev/sdb by "${method}": there is no such method${nearest} (trofie methods lists them)`,
    });
  }
});

test("a refused device has no plan", async () => {
  await expect(planOn(workbench, "/dev/sda")).rejects.toMatchObject({ code: "DEVICE_IS_SYSTEM" });
});

test("an erase of more than a thousand passes is refused: nobody could be told of all of them", async () => {
  const long = { title: "Long", source: "", passes: Array.from({ length: 100 }, () => "00") };
  expect((await planOn(workbench, "/dev/sdb", { method: long, rounds: 10 })).passes).toHaveLength(1000);
  await expect(planOn(workbench, "/dev/sdb", { method: long, rounds: 11 })).rejects.toMatchObject({
    code: "ERASE_NOT_POSSIBLE",
    message: "Cannot erase /dev/sdb in 1,100 passes: the most is 1,000",
  });
});

test.each<[string, Asked]>([
  ["rounds", { rounds: 3 }],
  ["a last pass of zeros", { blank: true }],
  ["reading back each pass", { verify: "all" }],
  ["reading back samples", { reading: "sampled" }],
  ["discarding", { discard: true }],
  ["giving up by rate or temperature", { minBytesPerSecond: 1 }],
  ["giving up by rate or temperature", { maxTemperatureC: 50 }],
])(
  "an erase by the disk's own firmware with %s is refused, for it would be dropped in silence",
  async (what, work) => {
    for (const method of ["nist-purge", "nvme-sanitize-block"]) {
      await expect(planOn(workbench, "/dev/sdb", { method, ...work })).rejects.toMatchObject({
        code: "ERASE_NOT_POSSIBLE",
        message: `Cannot erase /dev/sdb by ${method} with ${what}: that goes with overwriting only`,
      });
    }
  },
);
