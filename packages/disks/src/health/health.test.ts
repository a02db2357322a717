import type { HealthFindings, JobReport } from "@trofie/contract";
import { describe, expect, test } from "vitest";
import { memoryMachine } from "../testing/memory-machine.ts";
import { linuxMachine } from "../machine/linux-machine.ts";
import type { Machine } from "../machine/machine.ts";
import { isInstalled, LoopWorkshop, whyNoLoops } from "../testing/loop-device.ts";
import { nowhere, workbench, laptop } from "../testing/machines.ts";
import { planOf, workContext } from "../testing/work-context.ts";
import { carryOutHealth, makeHealthPlan } from "./health.ts";
import { attribute, hardDisk, nvme, refusedWith, sas, solidState, type Json } from "./testing/drives.ts";

const version = { "smartctl --version": { stdout: "smartctl 7.3 2022-02-28 r5338" } };

/** A workbench on which smartctl says that of /dev/sdb. */
function machineSaying(said: Json, more: Readonly<Record<string, Json>> = {}): Machine {
  const lines = Object.entries({ "smartctl --json --xall /dev/sdb": said, ...more });
  const tools = Object.fromEntries(
    lines.map(([line, json]) => [
      line,
      { stdout: JSON.stringify(json), exitCode: (json["smartctl"] as { exit_status: number }).exit_status },
    ]),
  );
  return memoryMachine(
    { ...workbench, "/proc/sys/kernel/random/boot_id": "boot" },
    { tools: { ...version, ...tools } },
  );
}

async function check(machine: Machine, path = "/dev/sdb"): Promise<JobReport> {
  const plan = await planOf(machine, nowhere, makeHealthPlan, { kind: "health", path });
  return carryOutHealth(workContext(machine, nowhere, plan).context);
}

async function findingsOf(said: Json): Promise<HealthFindings> {
  const { findings } = await check(machineSaying(said));
  if (findings?.kind !== "health") throw new Error("There are no findings");
  return findings;
}

test.each<[drive: string, said: Json, verdict: HealthFindings["verdict"], reasons: string[]]>([
  ["a sound hard disk", hardDisk(), "ok", []],
  ["a sound SATA SSD", solidState(4), "ok", []],
  ["a sound NVMe disk", nvme(), "ok", []],
  ["a sound SAS disk", sas(), "ok", []],
  [
    "one with 8 pending sectors",
    hardDisk({ pending: 8 }),
    "sus",
    ["8 sectors cannot be read and wait to be written"],
  ],
  [
    "one with a reallocated sector",
    hardDisk({ reallocated: "1 (Average 1)" }),
    "sus",
    ["1 sector had to be reallocated"],
  ],
  [
    "one with 1,975 reallocated sectors below their threshold, that says it is failing",
    hardDisk(
      { reallocated: 1975, reallocatedRow: { value: 1, when: "now" } },
      { smart_status: { passed: false } },
      ["failing", "attributesFailing", "errorsLogged"],
    ),
    "fail",
    [
      "The disk says of itself that it is failing",
      "Reallocated_Sector_Ct is at or below the threshold that announces a failure",
      "1975 sectors had to be reallocated",
    ],
  ],
  [
    "one with 4 reallocated sectors",
    hardDisk({ reallocated: 4 }),
    "fail",
    ["4 sectors had to be reallocated"],
  ],
  [
    "one with uncorrectable errors",
    hardDisk({ uncorrectable: 3 }),
    "sus",
    ["3 errors could not be corrected"],
  ],
  [
    "one that has reported errors",
    hardDisk({ more: [attribute(187, "Reported_Uncorrect", 1)] }),
    "sus",
    ["1 error that could not be corrected was reported"],
  ],
  [
    "one that was below a threshold once",
    hardDisk(
      { more: [attribute(10, "Spin_Retry_Count", 1, { when: "past", thresh: 97, prefailure: true })] },
      {},
      ["attributesFailedOnce"],
    ),
    "sus",
    ["Spin_Retry_Count was once at or below the threshold"],
  ],
  [
    "one whose self-test failed",
    hardDisk({}, { ata_smart_self_test_log: { extended: { count: 3, error_count_total: 1 } } }, [
      "selfTestsFailed",
    ]),
    "sus",
    ["A self-test found a failure"],
  ],
  [
    "one that was on for 50,000 hours",
    hardDisk({ hours: 50_000 }),
    "old",
    ["It was on for 50,000 hours, more than 37,177"],
  ],
  [
    "one that was started 20,000 times",
    hardDisk({ starts: 20_000 }),
    "old",
    ["Its motor was started 20,000 times"],
  ],
  [
    "an old one with pending sectors",
    hardDisk({ hours: 50_000, pending: 1 }),
    "sus",
    ["1 sector cannot be read and wait to be written", "It was on for 50,000 hours, more than 37,177"],
  ],
  ["an SSD that is used up", solidState(103), "old", ["103 % of the writing it is made for is used up"]],
  [
    "an SSD whose age is below its threshold",
    solidState(99, {
      ata_smart_attributes: {
        table: [attribute(202, "Percent_Lifetime_Remain", 99, { value: 1, thresh: 1, when: "now" })],
      },
    }),
    "old",
    ["Percent_Lifetime_Remain is at or below the threshold that measures age"],
  ],
  [
    "an NVMe disk that takes no writes any more",
    nvme({ critical_warning: 0b1100, media_errors: 12 }, ["failing"]),
    "fail",
    [
      "The disk says of itself that it is failing",
      "It gives a critical warning: it has become unreliable by errors of its medium, its medium takes no writes any more",
      "12 errors of the medium",
    ],
  ],
  [
    "an NVMe disk that is short of spare blocks",
    nvme({ available_spare: 9 }),
    "sus",
    ["Of its spare blocks 9 % are left, less than its threshold of 10 %"],
  ],
  [
    "an NVMe disk that is used up",
    nvme({ percentage_used: 140 }),
    "old",
    ["140 % of the writing it is made for is used up"],
  ],
  [
    "a SAS disk with defects",
    sas({ defects: 2, uncorrected: 5 }),
    "sus",
    ["2 sectors had to be reallocated", "5 errors could not be corrected"],
  ],
  [
    "a SAS disk that predicts its failure",
    sas(
      {},
      {
        smart_status: {
          passed: false,
          scsi: { asc: 93, ascq: 16, ie_string: "HARDWARE IMPENDING FAILURE GENERAL HARD DRIVE FAILURE" },
        },
      },
    ),
    "fail",
    ["The disk says of itself that it is failing"],
  ],
])("%s", async (_drive, said, verdict, reasons) => {
  expect(await findingsOf(said)).toMatchObject({ verdict, reasons });
});

test("what a disk says of itself is told: temperature, hours, cycles, attributes", async () => {
  expect(await findingsOf(hardDisk())).toMatchObject({
    temperatureC: 31,
    powerOnHours: 12_345,
    powerCycles: 640,
    selfAssessment: "passed",
  });
  const { attributes } = await findingsOf(hardDisk({ pending: 8 }));
  expect(attributes).toContainEqual({ id: 197, name: "Current_Pending_Sector", value: "8", failed: "never" });
  expect((await findingsOf(nvme())).attributes).toContainEqual({
    id: null,
    name: "media_errors",
    value: "0",
    failed: "never",
  });
  const saved = await findingsOf(sas({ defects: 2 }));
  expect(saved).toMatchObject({ temperatureC: 36, powerOnHours: 21_003, powerCycles: 87 });
  expect(saved.attributes).toContainEqual({
    id: null,
    name: "grown_defect_list",
    value: "2",
    failed: "never",
  });
});

test("a disk that did not answer every question is judged by what it answered, and that is said", async () => {
  const { outcome, message } = await check(machineSaying(hardDisk({}, {}, ["notAllAnswered"])));
  expect({ outcome, message }).toEqual({ outcome: "done", message: "The disk is ok, as far as it answered" });
});

test("a USB bridge that smartctl does not know is asked as one that passes ATA on", async () => {
  const bridge = refusedWith("/dev/sdb: Unknown USB bridge [0x152d:0x0578 (0x214)]");
  const machine = machineSaying(bridge, {
    "smartctl --json --xall --device=sat /dev/sdb": hardDisk({ pending: 1 }),
  });
  expect(await check(machine)).toMatchObject({ outcome: "done", findings: { verdict: "sus" } });
});

test("text of the disk that could move a cursor is shown without that", async () => {
  const said = hardDisk({ more: [attribute(241, "Total\u001b[2J_LBAs", "1\u0007")] });
  const { attributes } = await findingsOf(said);
  expect(attributes.at(-1)).toEqual({ id: 241, name: "Total[2J_LBAs", value: "1", failed: "never" });
});

describe("without data a disk is not called well", () => {
  test.each<[why: string, said: Json, words: string]>([
    [
      "a virtual disk",
      refusedWith("/dev/sdb: Unable to detect device type"),
      " (/dev/sdb: Unable to detect device type)",
    ],
    [
      "a USB stick",
      sas(
        {},
        {
          smart_support: { available: false },
          scsi_grown_defect_list: undefined,
          scsi_error_counter_log: undefined,
        },
      ),
      "",
    ],
    [
      "a bridge that only ever says passed",
      sas(
        {},
        { smart_support: undefined, scsi_grown_defect_list: undefined, scsi_error_counter_log: undefined },
      ),
      "",
    ],
    [
      "a disk whose SMART is off",
      hardDisk({}, { smart_support: { available: true, enabled: false } }),
      " (SMART is switched off on it (smartctl --smart=on switches it on))",
    ],
    [
      "a disk that is gone",
      refusedWith("Smartctl open device: /dev/sdb failed: No such device", 2),
      " (Smartctl open device: /dev/sdb failed: No such device)",
    ],
  ])("%s", async (_why, said, words) => {
    expect(await check(machineSaying(said))).toMatchObject({
      outcome: "failed",
      message: `Cannot check /dev/sdb: it gives no health data${words}`,
      findings: null,
    });
  });

  test.each([
    ["that does not end", { exitCode: null, stdout: "" }, "smartctl did not end within 90 seconds"],
    ["that speaks no JSON", { exitCode: 0, stdout: "=== START" }, "smartctl gave no JSON"],
    ["that says null", { exitCode: 0, stdout: "null" }, "smartctl gave no JSON"],
  ])("a smartctl %s", async (_why, executed, words) => {
    const tools = { ...version, "smartctl --json --xall /dev/sdb": executed };
    const machine = memoryMachine({ ...workbench, "/proc/sys/kernel/random/boot_id": "boot" }, { tools });
    expect((await check(machine)).message).toBe(`Cannot check /dev/sdb: it gives no health data (${words})`);
  });
});

test("the system's own disk can be asked, in use as it is", async () => {
  const tools = {
    ...version,
    "smartctl --json --xall /dev/nvme0n1": { stdout: JSON.stringify(nvme()) },
  };
  const machine = memoryMachine({ ...laptop, "/proc/sys/kernel/random/boot_id": "boot" }, { tools });
  expect((await check(machine, "/dev/nvme0n1")).outcome).toBe("done");
});

test("without smartctl no plan is made", async () => {
  await expect(
    check(memoryMachine({ ...workbench, "/proc/sys/kernel/random/boot_id": "boot" })),
  ).rejects.toMatchObject({
    code: "TOOL_MISSING",
    message: "Cannot check /dev/sdb: smartctl is not installed (package smartmontools)",
  });
});

test("another disk at the planned path is not asked in its stead", async () => {
  const machine = machineSaying(hardDisk());
  const plan = await planOf(machine, nowhere, makeHealthPlan, { kind: "health", path: "/dev/sdb" });
  const other = { ...plan, identity: { ...plan.identity, serial: "ANOTHER" } };
  await expect(carryOutHealth(workContext(machine, nowhere, other).context)).rejects.toMatchObject({
    code: "IDENTITY_CHANGED",
  });
});

test("a disk that has come to the planned path while it was asked is not judged in its stead", async () => {
  const before = machineSaying(hardDisk());
  const plan = await planOf(before, nowhere, makeHealthPlan, { kind: "health", path: "/dev/sdb" });
  let hasAnswered = false;
  const machine: Machine = {
    ...before,
    execute: async (program, args, execution) => {
      hasAnswered = true;
      return before.execute(program, args, execution);
    },
    readText: async (path) => (path.endsWith("sdb/diskseq") && hasAnswered ? "99" : before.readText(path)),
  };
  await expect(carryOutHealth(workContext(machine, nowhere, plan).context)).rejects.toMatchObject({
    code: "IDENTITY_CHANGED",
  });
  expect(hasAnswered).toBe(true);
});

test("a job that is stopped says so", async () => {
  const machine = machineSaying(hardDisk());
  const plan = await planOf(machine, nowhere, makeHealthPlan, { kind: "health", path: "/dev/sdb" });
  const { context, stop } = workContext(machine, nowhere, plan);
  stop();
  expect((await carryOutHealth(context)).outcome).toBe("stopped");
});

const why = whyNoLoops() ?? (isInstalled("smartctl") ? null : "needs smartctl");
describe.skipIf(why !== null)(`with the real smartctl${why === null ? "" : ` (${why})`}`, () => {
  test("a loop device gives no health data", async () => {
    const workshop = new LoopWorkshop();
    try {
      const device = workshop.attach(workshop.makeFile(1024 * 1024));
      const { outcome, message } = await check(linuxMachine(), device);
      expect(outcome).toBe("failed");
      expect(message).toBe(
        `Cannot check ${device}: it gives no health data (${device}: Unable to detect device type)`,
      );
    } finally {
      workshop.removeAll();
    }
  });
});
