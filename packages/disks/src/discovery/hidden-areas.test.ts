import { expect, test, vi } from "vitest";
import { sataDisk, TB } from "../testing/disks-in-sysfs.ts";
import { nowhere, sasShelf, usbDocks, workbench } from "../testing/machines.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";
import { systemOn } from "../testing/sysfs.ts";
import type { Executed, Machine } from "../machine/machine.ts";
import { DeviceMemory } from "./device-memory.ts";
import { discover } from "./discover.ts";
import { askHiddenAreas } from "./hidden-areas.ts";

const sectors = 625_140_335;
const disk = { path: "/dev/sdb", sizeBytes: sectors * 512, logicalSectorBytes: 512 };

const maxSectors = (line: string) => ({ stdout: `\n/dev/sdb:\n max sectors   = ${line}\n` });
const overlay = (real: number | string, checksum = "verified.") => ({
  stdout:
    `\n/dev/sdb:\nDCO Checksum ${checksum}\nDCO Revision: 0x0002\n` +
    "The following features can be selectively disabled via DCO:\n\tTransfer modes:\n\t\t udma0 udma1\n" +
    `\tReal max sectors: ${real}\n\tATA command/feature sets:\n\t\t security HPA\n`,
});
const aborted = { stderr: "SG_IO: bad/missing sense data, sb[]:  70 00 05 00 00 00 00 0a\n" };

function asking(max: Partial<Executed> | null, dco: Partial<Executed> = aborted, asked = disk) {
  const tools: Record<string, Partial<Executed>> = max === null
    ? {}
    : { "hdparm -N /dev/sdb": max, "hdparm --dco-identify /dev/sdb": dco };
  return askHiddenAreas(memoryMachine({}, { tools }), asked);
}

test("a lowered end is a host protected area, a lowered native end is an overlay", async () => {
  expect(await asking(maxSectors("625140335/625140335, HPA is disabled"), overlay(sectors))).toEqual({
    hpa: "none",
    dco: "none",
  });
  expect(await asking(maxSectors("625140335/625142448, HPA is enabled"), overlay(625_142_448))).toEqual({
    hpa: "present",
    dco: "none",
  });
  expect(await asking(maxSectors("625140335/625140335, HPA is disabled"), overlay(625_142_448))).toEqual({
    hpa: "none",
    dco: "present",
  });
});

test("newer disks call it the accessible maximum address", async () => {
  expect(await asking(maxSectors("625140335/625142448, ACCESSIBLE MAX ADDRESS enabled"))).toMatchObject({
    hpa: "present",
  });
  expect(await asking(maxSectors("625140335/625140335, ACCESSIBLE MAX ADDRESS disabled"))).toMatchObject({
    hpa: "none",
  });
});

test("sectors of 4096 bytes are counted as such", async () => {
  const answer = maxSectors("1000/1000, HPA is disabled");
  const ofFourK = { ...disk, sizeBytes: 4_096_000, logicalSectorBytes: 4096 };
  expect(await asking(answer, aborted, ofFourK)).toMatchObject({ hpa: "none" });
  expect(await asking(answer, aborted, { ...ofFourK, logicalSectorBytes: 512 })).toMatchObject({
    hpa: "unknown",
  });
});

const nonsense: readonly (readonly [string, Partial<Executed> | null])[] = [
  ["hdparm is not installed", null],
  ["exit code 0 and no words, as of a loop device", {}],
  [
    "exit code 0 and an aborted command",
    { ...maxSectors("625140335/625140335, HPA is disabled"), ...aborted },
  ],
  ["an exit code", { ...maxSectors("625140335/625140335, HPA is disabled"), exitCode: 5 }],
  ["no end within the time", { exitCode: null }],
  ["the words of a USB bridge", maxSectors("0/1, HPA setting seems invalid (buggy kernel device driver?)")],
  ["a guess in brackets", maxSectors("625140335/1(625142448?), HPA is enabled")],
  ["another end than the kernel's", maxSectors("625140000/625142448, HPA is enabled")],
  ["a native end below the visible one", maxSectors("625140335/625140000, HPA is disabled")],
  ["numbers and word that disagree", maxSectors("625140335/625142448, HPA is disabled")],
];

test.each(nonsense)("%s leaves both unknown", async (_, said) => {
  expect(await asking(said, overlay(sectors))).toEqual({ hpa: "unknown", dco: "unknown" });
});

test.each([
  ["aborted", aborted],
  ["a wrong checksum", overlay(sectors, "FAILED!")],
  ["a real end below the native one", overlay(1)],
  ["no number", overlay("many")],
])(
  "an overlay that answers with %s is unknown, and the host protected area is known all the same",
  async (_, said) => {
    expect(await asking(maxSectors("625140335/625140335, HPA is disabled"), said)).toEqual({
      hpa: "none",
      dco: "unknown",
    });
  },
);

/** A machine whose hdparm answers, or never does; and what it was asked. */
function machineWithHdparm(
  tree: Tree,
  answer: () => Promise<Executed | null>,
): { machine: Machine; asked: string[] } {
  const asked: string[] = [];
  const machine: Machine = {
    ...memoryMachine(tree),
    execute: (program, args) => {
      asked.push([program, ...args].join(" "));
      return answer();
    },
  };
  return { machine, asked };
}

const oneDisk: Tree = {
  ...systemOn("259:1"),
  ...sataDisk(1, { name: "sdb", number: "8:16", sizeBytes: disk.sizeBytes }),
};

test("a listing does not wait for the answer of a disk: it is in a later one", async () => {
  const { machine } = machineWithHdparm(oneDisk, async () => ({
    exitCode: 0,
    stderr: "",
    ...maxSectors("625140335/625142448, HPA is enabled"),
  }));
  const memory = new DeviceMemory();
  const hidden = async () => (await discover(machine, nowhere, memory))[0]?.device.hidden;
  expect(await hidden()).toEqual({ hpa: "unknown", dco: "unknown" });
  await vi.waitFor(async () => expect(await hidden()).toEqual({ hpa: "present", dco: "unknown" }), {
    timeout: 20_000,
  });
});

test("each disk is asked once for as long as it is attached, and again when it is attached anew", async () => {
  const { machine, asked } = machineWithHdparm(oneDisk, async () => null);
  const memory = new DeviceMemory();
  const [found] = await discover(machine, nowhere, memory);
  for (let i = 0; i < 3; i++) await memory.hiddenAreas.of(machine, found!);
  expect(asked).toEqual(["hdparm -N /dev/sdb"]);
  const identity = { ...found!.device.identity, diskseq: "2" };
  await memory.hiddenAreas.of(machine, { ...found!, device: { ...found!.device, identity } });
  expect(asked).toHaveLength(2);
});

test("disks are asked one after another, and one that never answers keeps no listing waiting", async () => {
  const { machine, asked } = machineWithHdparm(workbench, () => new Promise(() => {}));
  const memory = new DeviceMemory();
  for (let i = 0; i < 3; i++) expect(await discover(machine, nowhere, memory)).toHaveLength(4);
  expect(asked).toEqual(["hdparm -N /dev/sda"]);
});

test("only ATA disks are asked, also behind a SAS controller, but never through a USB bridge", async () => {
  for (const [tree, disks] of [
    [sasShelf, ["hdparm -N /dev/sdd"]],
    [usbDocks, ["hdparm -N /dev/sda"]],
  ] as const) {
    const { machine, asked } = machineWithHdparm(tree, async () => null);
    const memory = new DeviceMemory();
    const found = await discover(machine, nowhere, memory);
    await Promise.all(found.map((each) => memory.hiddenAreas.of(machine, each)));
    expect(asked).toEqual(disks);
  }
});

test("a disk of another size was given something back", async () => {
  const { machine, asked } = machineWithHdparm(oneDisk, async () => null);
  const memory = new DeviceMemory();
  const [found] = await discover(machine, nowhere, memory);
  await memory.hiddenAreas.of(machine, found!);
  const identity = { ...found!.device.identity, sizeBytes: 4 * TB };
  await memory.hiddenAreas.of(machine, { ...found!, device: { ...found!.device, identity } });
  expect(asked).toHaveLength(2);
});
