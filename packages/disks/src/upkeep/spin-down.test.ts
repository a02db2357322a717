import type { JobReport } from "@trofie/contract";
import { expect, test } from "vitest";
import type { Executed, Machine } from "../machine/machine.ts";
import { laptop, nowhere, virtualMachine, workbench } from "../testing/machines.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";
import { diskInSysfs, systemOn } from "../testing/sysfs.ts";
import { planOf, workContext } from "../testing/work-context.ts";
import { carryOutSpinDown, makeSpinDownPlan } from "./spin-down.ts";

const boot = { "/proc/sys/kernel/random/boot_id": "boot" };
const version = { "hdparm -V": { stdout: "hdparm v9.65" } };
const standby = "\n/dev/sdb:\n drive state is:  standby\n";
const active = "\n/dev/sdb:\n drive state is:  active/idle\n";

/** A machine with a disk behind a SAS controller. */
const sasMachine: Tree = {
  ...systemOn("259:1"),
  ...diskInSysfs({
    folder: "pci0000:00/0000:00:01.0/host0/port-0:0/end_device-0:0/target0:0:0/0:0:0:0/block/sdb",
    number: "8:16",
    sizeBytes: 4e12,
    files: { "device/wwid": "naa.5000c50012345678", "queue/rotational": "1" },
  }),
};

interface Watched {
  readonly machine: Machine;
  readonly lines: string[];
}

/** Tools that say in turn what is given, the last of it again and again. */
function machineWhere(tree: Tree, tools: Readonly<Record<string, readonly Partial<Executed>[]>>): Watched {
  const lines: string[] = [];
  const left = new Map(Object.entries(tools).map(([line, answers]) => [line, [...answers]]));
  const machine = memoryMachine({ ...tree, ...boot }, { tools: version });
  const execute: Machine["execute"] = async (program, args, options) => {
    const line = [program, ...args].join(" ");
    const answers = left.get(line);
    if (answers === undefined) return machine.execute(program, args, options);
    lines.push(line);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return { exitCode: 0, stdout: "", stderr: "", ...answer };
  };
  return { machine: { ...machine, execute }, lines };
}

async function spinDown(machine: Machine, path = "/dev/sdb"): Promise<JobReport> {
  const plan = await planOf(machine, nowhere, makeSpinDownPlan, { kind: "spin-down", path });
  return carryOutSpinDown(workContext(machine, nowhere, plan).context);
}

test("a SATA disk is told to stand by, and is asked whether it does", async () => {
  const { machine, lines } = machineWhere(workbench, {
    "hdparm -y /dev/sdb": [{}],
    "hdparm -C /dev/sdb": [{ stdout: active }, { stdout: standby }],
  });
  expect(await spinDown(machine)).toMatchObject({
    outcome: "done",
    message: "The disk is in standby: its motor stands",
    findings: null,
  });
  expect(lines).toEqual(["hdparm -y /dev/sdb", "hdparm -C /dev/sdb", "hdparm -C /dev/sdb"]);
});

test("a disk whose tool ends well and whose motor goes on is not spun down", async () => {
  const { machine } = machineWhere(workbench, {
    "hdparm -y /dev/sdb": [{ exitCode: 0 }],
    "hdparm -C /dev/sdb": [{ stdout: active }],
  });
  expect(await spinDown(machine)).toMatchObject({
    outcome: "failed",
    message: "Cannot spin down /dev/sdb: its state is active/idle",
  });
});

test("a drive that aborted the command is heard, though hdparm ends with 0", async () => {
  const { machine } = machineWhere(workbench, {
    "hdparm -y /dev/sdb": [{ exitCode: 0, stderr: "SG_IO: bad/missing sense data, sb[]:  70 00 0b 00" }],
    "hdparm -C /dev/sdb": [{ stdout: active }],
  });
  expect((await spinDown(machine)).message).toBe(
    "Cannot spin down /dev/sdb: it refused to stand by (SG_IO: bad/missing sense data, sb[]:  70 00 0b 00)",
  );
});

test("a disk of which hdparm says standby because it got no answer is not spun down", async () => {
  const noSense = "SG_IO: bad/missing sense data, sb[]:  70 00 05 00 00 00 00 0a 00 00 00 00 20 00";
  const { machine } = machineWhere(sasMachine, {
    "hdparm -y /dev/sdb": [{ exitCode: 0, stderr: noSense }],
    "hdparm -C /dev/sdb": [{ exitCode: 0, stdout: standby, stderr: noSense }],
    "sg_start --stop /dev/sdb": [{}],
    "sg_turs /dev/sdb": [{ exitCode: 0 }],
  });
  const { outcome, message } = await spinDown(machine);
  expect(outcome).toBe("failed");
  expect(message).toMatch(/it refused to stand by \(SG_IO: bad\/missing sense data.*\); its state is ready$/);
});

test("a SAS disk is stopped, and is not ready then", async () => {
  const { machine, lines } = machineWhere(sasMachine, {
    "hdparm -y /dev/sdb": [{ exitCode: 22, stderr: "HDIO_DRIVE_CMD(standby) failed: Invalid argument" }],
    "hdparm -C /dev/sdb": [{ exitCode: 22, stdout: "\n/dev/sdb:\n drive state is:  unknown\n" }],
    "sg_start --stop /dev/sdb": [{}],
    "sg_turs /dev/sdb": [{ exitCode: 0 }, { exitCode: 2 }],
  });
  expect(await spinDown(machine)).toMatchObject({
    outcome: "done",
    message: "The disk is stopped: its motor stands",
  });
  expect(lines.slice(-3)).toEqual(["sg_start --stop /dev/sdb", "sg_turs /dev/sdb", "sg_turs /dev/sdb"]);
});

test("a SAS disk that stays ready, or without the tool, is not spun down", async () => {
  const ata = {
    "hdparm -y /dev/sdb": [{ exitCode: 22, stderr: "HDIO_DRIVE_CMD(standby) failed: Invalid argument" }],
    "hdparm -C /dev/sdb": [{ stdout: "\n drive state is:  unknown\n" }],
  };
  const ready = machineWhere(sasMachine, {
    ...ata,
    "sg_start --stop /dev/sdb": [{}],
    "sg_turs /dev/sdb": [{ exitCode: 0 }],
  });
  expect((await spinDown(ready.machine)).message).toContain("; its state is ready");
  expect((await spinDown(machineWhere(sasMachine, ata).machine)).message).toContain(
    "sg_start is not installed (package sg3-utils)",
  );
});

test.each([
  [virtualMachine, "/dev/vdb", "it is no disk of this machine, and has no motor here"],
  [
    {
      ...systemOn("8:1"),
      ...diskInSysfs({
        folder: "pci0000:00/0000:00:06.0/0000:02:00.0/nvme/nvme0/nvme0n1",
        number: "259:0",
        sizeBytes: 512e9,
      }),
    },
    "/dev/nvme0n1",
    "it has no motor",
  ],
])("what has no motor says so, and needs no tool (%#)", async (tree, path, state) => {
  const machine = memoryMachine({ ...tree, ...boot });
  expect(await spinDown(machine, path)).toMatchObject({
    outcome: "failed",
    message: `Cannot spin down ${path}: ${state}`,
  });
});

test("the system's disk is refused", async () => {
  await expect(spinDown(machineWhere(laptop, {}).machine, "/dev/nvme0n1")).rejects.toMatchObject({
    code: "DEVICE_IS_SYSTEM",
  });
});

test("without hdparm no plan is made", async () => {
  await expect(spinDown(memoryMachine({ ...workbench, ...boot }))).rejects.toMatchObject({
    code: "TOOL_MISSING",
    message: "Cannot spin down /dev/sdb: hdparm is not installed",
  });
});

test("a disk that was mounted since the plan is left alone", async () => {
  const { machine, lines } = machineWhere(workbench, { "hdparm -y /dev/sdb": [{}] });
  const plan = await planOf(machine, nowhere, makeSpinDownPlan, { kind: "spin-down", path: "/dev/sdb" });
  const mounted: Machine = {
    ...machine,
    readText: async (path) =>
      path === "/proc/self/mountinfo"
        ? `${await machine.readText(path)}\n40 27 8:16 / /mnt rw - ext4 /dev/sdb rw`
        : machine.readText(path),
  };
  await expect(carryOutSpinDown(workContext(mounted, nowhere, plan).context)).rejects.toMatchObject({
    code: "DEVICE_IN_USE",
  });
  expect(lines).toEqual([]);
});

test("a disk that was protected since the plan is left alone", async () => {
  const { machine, lines } = machineWhere(workbench, { "hdparm -y /dev/sdb": [{}] });
  const plan = await planOf(machine, nowhere, makeSpinDownPlan, { kind: "spin-down", path: "/dev/sdb" });
  const places = { ...nowhere, protected: ["wwn:50014ee2b1234567"] };
  await expect(carryOutSpinDown(workContext(machine, places, plan).context)).rejects.toMatchObject({
    code: "DEVICE_PROTECTED",
    message: "Cannot spin down /dev/sdb: it is protected (wwn:50014ee2b1234567)",
  });
  expect(lines).toEqual([]);
});
