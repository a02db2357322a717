import { expect, test } from "vitest";
import { Refusal } from "@trofie/commands/errors";
import type { FirmwareEraseId } from "@trofie/contract";
import { Interruption, type JobClock } from "../job/job-context.ts";
import { PauseGate } from "../job/pause-gate.ts";
import { nowhere } from "../testing/machines.ts";
import { systemError } from "../testing/memory-disk.ts";
import type { Tree } from "../testing/memory-machine.ts";
import { diskInSysfs, mountLine } from "../testing/sysfs.ts";
import {
  carryOutFirmwarePass,
  type FirmwareCheckpoint,
  type FirmwarePassReport,
} from "./carry-out-firmware.ts";
import {
  PretendedAta,
  PretendedNvme,
  PretendedScsi,
  driveBytes,
  type PretendedDrive,
} from "./testing/pretended-drives.ts";

/** One job on one drive; its processes may end and others go on. Time passes only while somebody waits. */
class Bench {
  readonly drive: PretendedDrive;
  readonly command: FirmwareEraseId;
  readonly keeping: FirmwareCheckpoint[] = [];
  readonly progress: number[] = [];
  readonly gate = new PauseGate();
  stopping = new AbortController();
  others: Tree = {};
  checkIdentity = async (): Promise<void> => {};
  /** What happens at each wait, besides that the drive works. */
  onWait = (): void => {};
  onKeep = (_checkpoint: FirmwareCheckpoint): void => {};
  #nowMs = 0;

  constructor(drive: PretendedDrive, command: FirmwareEraseId) {
    this.drive = drive;
    this.command = command;
  }

  run(kept: FirmwareCheckpoint | null = null): Promise<FirmwarePassReport> {
    const identity = {
      kind: "disk" as const,
      serial: null,
      wwn: null,
      model: null,
      sizeBytes: driveBytes,
      busPath: null,
      backing: null,
      diskseq: "1",
    };
    return carryOutFirmwarePass({
      machine: this.drive.machine(this.others),
      places: nowhere,
      plan: { path: this.drive.path, identity, bootId: "boot" },
      command: this.command,
      seedHex: "5a".repeat(32),
      disk: this.drive.disk,
      checkIdentity: () => this.checkIdentity(),
      clock: this.#clock,
      signal: this.stopping.signal,
      gate: this.gate,
      tellProgress: (fraction) => this.progress.push(fraction),
      kept,
      keep: async (checkpoint) => {
        this.onKeep(checkpoint);
        this.keeping.push(checkpoint);
      },
    });
  }

  /** Another process of the same job, from its newest checkpoint as JSON kept it. */
  resume(): Promise<FirmwarePassReport> {
    this.stopping = new AbortController();
    this.onKeep = () => {};
    return this.run(JSON.parse(JSON.stringify(this.keeping.at(-1) ?? null)) as FirmwareCheckpoint | null);
  }

  readonly #clock: JobClock = {
    nowMs: () => this.#nowMs,
    every: () => () => {},
    wait: async (delayMs) => {
      this.#nowMs += delayMs;
      this.drive.work();
      this.onWait();
    },
  };
}

const died = new Error("the process is gone");
/** Ends the process at the moment when it has kept that checkpoint. */
function dieAfter(bench: Bench, issue: FirmwareCheckpoint["issue"]): void {
  bench.onKeep = (checkpoint) => {
    if (checkpoint.issue !== issue) return;
    bench.keeping.push(checkpoint);
    throw died;
  };
}

const drives = [
  ["ata-sanitize-block", () => new PretendedAta()],
  ["ata-sanitize-crypto", () => new PretendedAta({ leaves: 0x5a })],
  ["ata-security-erase", () => new PretendedAta()],
  ["ata-security-erase-enhanced", () => new PretendedAta()],
  ["nvme-sanitize-block", () => new PretendedNvme()],
  ["nvme-sanitize-overwrite", () => new PretendedNvme()],
  ["nvme-format", () => new PretendedNvme()],
  ["scsi-sanitize-overwrite", () => new PretendedScsi()],
] as const;

test.each(drives)(
  "%s: given once, followed to its end, and judged by status and samples",
  async (command, make) => {
    const bench = new Bench(make(), command);
    const { firmware } = await bench.run();
    expect(firmware).toMatchObject({ command, succeeded: true, unchangedSamples: 0 });
    expect(firmware.samples).toBeGreaterThan(500);
    expect(firmware.status).toMatch(/; of \d+ samples \d+ changed, 0 unchanged$/);
    expect(bench.drive.given).toHaveLength(1);
    expect(bench.keeping[0]).toMatchObject({ command, issue: "issuing" });
  },
);

test.each(drives)("%s: a drive that says it has erased and has not is found", async (command, make) => {
  const drive = make();
  drive.ailments.lies = true;
  const { firmware } = await new Bench(drive, command).run();
  expect(firmware.succeeded).toBe(false);
  expect(firmware.unchangedSamples).toBe(firmware.samples);
  expect(firmware.status).toContain("old data is still there");
});

test.each(drives)("%s: one old sample among erased ones is enough to fail", async (command, make) => {
  const drive = make();
  const old = drive.disk.bytes.slice(0, 4096);
  drive.faults.before = () => {
    if (drive.disk.bytes[5000] === drive.disk.bytes[5001]) drive.disk.bytes.set(old, 0);
  };
  const { firmware } = await new Bench(drive, command).run();
  expect(firmware).toMatchObject({ succeeded: false, unchangedSamples: 1 });
});

test.each(drives)("%s: a drive that refuses it has failed, and holds what it held", async (command, make) => {
  const drive = make();
  drive.ailments.refuses = true;
  const { firmware } = await new Bench(drive, command).run();
  expect(firmware.succeeded).toBe(false);
  expect(drive.disk.bytes.every((byte) => byte === 0)).toBe(false);
  expect(drive.given).toHaveLength(1);
});

const working = drives.filter(([command]) => command.includes("sanitize"));

test.each(working)("%s: a sanitize that fails in the middle has failed", async (command, make) => {
  const drive = make();
  drive.ailments.fails = true;
  const { firmware } = await new Bench(drive, command).run();
  expect(firmware.succeeded).toBe(false);
  expect(firmware.status).toMatch(/fail|abort/i);
});

test.each(working)("%s: told to stop, it ends and says that the disk goes on", async (command, make) => {
  const bench = new Bench(make(), command);
  bench.onWait = () => bench.stopping.abort();
  const { firmware } = await bench.run();
  expect(firmware.succeeded).toBe(false);
  expect(firmware.status).toMatch(/^told to stop, but the disk goes on by itself: /);
});

test.each(working)("%s: another process goes on with it after the first is gone", async (command, make) => {
  const bench = new Bench(make(), command);
  bench.onWait = () => bench.stopping.abort();
  await bench.run();
  bench.onWait = () => {};
  const { firmware } = await bench.resume();
  expect(firmware).toMatchObject({ succeeded: true, unchangedSamples: 0 });
  expect(bench.drive.given).toHaveLength(1);
});

test.each(drives)(
  "%s: a process that died before giving it does not give it again",
  async (command, make) => {
    const bench = new Bench(make(), command);
    dieAfter(bench, "issuing");
    await expect(bench.run()).rejects.toThrow(Interruption);
    expect(bench.drive.given).toEqual([]);
    const { firmware } = await bench.resume();
    expect(firmware.succeeded).toBe(false);
    expect(bench.drive.given).toEqual([]);
  },
);

test("a log of success that was there before the command proves nothing after a cut", async () => {
  const drive = new PretendedNvme();
  drive.log = { code: 1, action: 2, progress: 65535 };
  drive.disk.bytes.fill(0);
  const bench = new Bench(drive, "nvme-sanitize-block");
  dieAfter(bench, "issuing");
  await expect(bench.run()).rejects.toThrow(Interruption);
  const { firmware } = await bench.resume();
  expect(firmware.succeeded).toBe(false);
  expect(firmware.status).toContain("the disk may be telling of an erase before this one");
});

test("a sanitize that was given just before the process died, and is still running, is followed", async () => {
  const drive = new PretendedNvme();
  const bench = new Bench(drive, "nvme-sanitize-block");
  dieAfter(bench, "issuing");
  await expect(bench.run()).rejects.toThrow(Interruption);
  drive.log = { code: 2, action: 2, progress: 30_000 };
  const { firmware } = await bench.resume();
  expect(firmware.succeeded).toBe(true);
  expect(bench.progress[0]).toBeCloseTo(30_000 / 65536);
  expect(drive.given).toEqual([]);
});

test("a SCSI disk that was seen at work, and is ready then, has done it, though nobody kept that it took it", async () => {
  const drive = new PretendedScsi();
  const bench = new Bench(drive, "scsi-sanitize-overwrite");
  dieAfter(bench, "issuing");
  await expect(bench.run()).rejects.toThrow(Interruption);
  await drive.machine().execute("sg_sanitize", ["--overwrite", drive.path], { limitMs: 1 });
  const { firmware } = await bench.resume();
  expect(firmware.succeeded).toBe(true);
  expect(drive.given).toHaveLength(1);
});

test("progress goes from nothing towards all", async () => {
  const bench = new Bench(new PretendedNvme(), "nvme-sanitize-crypto");
  await bench.run();
  expect(bench.progress).toEqual([0, 0.25, 0.5, 0.75]);
});

test("a disk that was blank is judged by its status alone, and the report says how many samples were blank", async () => {
  const drive = new PretendedNvme();
  drive.disk.bytes.fill(0);
  const { firmware } = await new Bench(drive, "nvme-sanitize-block").run();
  expect(firmware.succeeded).toBe(true);
  expect(firmware.status).toMatch(/; of (\d+) samples \1 blank before, 0 unchanged$/);
});

test.each([
  [new PretendedNvme(), "nvme-sanitize-crypto", true],
  [new PretendedScsi(), "scsi-sanitize-overwrite", false],
] as const)("reads that fail afterwards: %# %s succeeds: %s", async (drive, command, succeeds) => {
  drive.faults.before = () => {
    if (drive.disk.bytes[5000] === 0 && drive.disk.bytes[5001] === 0) throw systemError("EIO");
  };
  const { firmware } = await new Bench(drive, command).run();
  expect(firmware).toMatchObject({ succeeded: succeeds, unchangedSamples: 0 });
  expect(firmware.status).toContain("unreadable now");
});

test.each([
  [
    "frozen",
    (drive: PretendedAta): void => void (drive.isFrozen = true),
    "ata-security-erase",
    "its Security is frozen",
  ],
  [
    "with a password",
    (drive: PretendedAta): void => void (drive.password = "x"),
    "ata-sanitize-block",
    "a password is set",
  ],
  [
    "locked",
    (drive: PretendedAta): void => {
      drive.password = "x";
      drive.cutPower();
    },
    "ata-security-erase",
    "it is locked",
  ],
] as const)("a drive that is %s since the plan is refused", async (_how, change, command, state) => {
  const drive = new PretendedAta();
  change(drive);
  const bench = new Bench(drive, command);
  await expect(bench.run()).rejects.toMatchObject({
    code: "ERASE_NOT_POSSIBLE",
    message: expect.stringContaining(`Cannot erase /dev/sdb by ${command}: ${state}`),
  });
  expect(drive.given).toEqual([]);
  expect(bench.keeping).toEqual([]);
});

test("a disk that is another one right before the command is refused", async () => {
  const bench = new Bench(new PretendedAta(), "ata-sanitize-block");
  bench.checkIdentity = async () => {
    throw new Refusal("IDENTITY_CHANGED", "Cannot erase /dev/sdb: it is not the planned device");
  };
  await expect(bench.run()).rejects.toMatchObject({ code: "IDENTITY_CHANGED" });
  expect(bench.drive.given).toEqual([]);
});

test("a disk that is another one afterwards has failed, and is not refused as if nothing had been written", async () => {
  const bench = new Bench(new PretendedNvme(), "nvme-format");
  bench.checkIdentity = async () => {
    if (bench.drive.given.length > 0)
      throw new Refusal("IDENTITY_CHANGED", "its size in bytes was 1 and is 2");
  };
  const { firmware } = await bench.run();
  expect(firmware.succeeded).toBe(false);
  expect(firmware.status).toContain("its size in bytes was 1 and is 2");
});

test("a pass that is paused or stopped before the command does not give it", async () => {
  const bench = new Bench(new PretendedAta(), "ata-sanitize-block");
  bench.gate.pause();
  const running = bench.run();
  await new Promise(setImmediate);
  bench.stopping.abort();
  bench.gate.resume();
  expect((await running).firmware).toMatchObject({
    succeeded: false,
    status: "stopped before the command was given",
  });
  expect(bench.drive.given).toEqual([]);
});

test("a disk that is pulled in the middle interrupts the job", async () => {
  const drive = new PretendedNvme();
  const bench = new Bench(drive, "nvme-sanitize-block");
  bench.onWait = () => {
    drive.ailments.isSilent = true;
    bench.checkIdentity = async () => {
      throw new Refusal("IDENTITY_CHANGED", "Cannot go on with /dev/nvme1n1: it is gone");
    };
  };
  await expect(bench.run()).rejects.toThrow(
    new Interruption(
      "The disk is gone in the middle of its own erase: Cannot go on with /dev/nvme1n1: it is gone",
    ),
  );
  drive.ailments.isSilent = false;
  bench.onWait = () => {};
  bench.checkIdentity = async () => {};
  expect((await bench.resume()).firmware.succeeded).toBe(true);
  expect(drive.given).toHaveLength(1);
});

test("a disk whose tools stay silent is waited for, and given up after ten minutes", async () => {
  const drive = new PretendedScsi();
  const bench = new Bench(drive, "scsi-sanitize-overwrite");
  let waits = 0;
  bench.onWait = () => {
    drive.ailments.isSilent = true;
    waits++;
  };
  await expect(bench.run()).rejects.toThrow(
    new Interruption("The disk does not say how far its own erase is"),
  );
  expect(waits).toBeGreaterThan(100);
});

test("an erase that a drive refused leaves no password behind", async () => {
  const drive = new PretendedAta({ refuses: true });
  const { firmware } = await new Bench(drive, "ata-security-erase").run();
  expect(firmware.status).toMatch(/^SG_IO: bad\/missing sense data.*; the password was taken away again$/);
  expect(drive.password).toBeNull();
});

test("a drive that lost its power in the middle is unlocked again, and its erase has failed", async () => {
  const drive = new PretendedAta();
  const bench = new Bench(drive, "ata-security-erase");
  dieAfter(bench, "issued");
  await expect(bench.run()).rejects.toThrow(Interruption);
  expect(drive.password).toBe("trofie");
  drive.cutPower();
  const { firmware } = await bench.resume();
  expect(firmware.status).toBe(
    "Security is still enabled, and the disk locked; the password was taken away again",
  );
  expect(firmware.succeeded).toBe(false);
  expect(drive).toMatchObject({ password: null, isLocked: false });
  expect(drive.given).toEqual([]);
});

test("a drive that is gone in the middle of a Security Erase interrupts the job, which unlocks it when it is back", async () => {
  const drive = new PretendedAta();
  const bench = new Bench(drive, "ata-security-erase");
  drive.onTool = (line) => {
    if (line.includes("--security-erase")) drive.ailments.isSilent = true;
  };
  await expect(bench.run()).rejects.toThrow(Interruption);
  expect(bench.keeping.at(-1)?.issue).toBe("issued");
  drive.ailments.isSilent = false;
  drive.cutPower();
  const { firmware } = await bench.resume();
  expect(firmware.status).toBe(
    "Security is still enabled, and the disk locked; the password was taken away again",
  );
  expect(drive).toMatchObject({ password: null, isLocked: false });
  expect(drive.given).toHaveLength(1);
});

test("a Security Erase that ended while nobody looked is known by the password that is gone", async () => {
  const drive = new PretendedAta();
  const bench = new Bench(drive, "ata-security-erase");
  dieAfter(bench, "issued");
  await expect(bench.run()).rejects.toThrow(Interruption);
  drive.disk.bytes.fill(0);
  drive.password = null;
  expect((await bench.resume()).firmware.succeeded).toBe(true);
});

test("a password is not taken away while nobody keeps that the erase has failed", async () => {
  const drive = new PretendedAta({ refuses: true });
  const bench = new Bench(drive, "ata-security-erase");
  bench.onKeep = ({ issue }) => {
    if (issue === "failed") throw died;
  };
  await expect(bench.run()).rejects.toThrow(Interruption);
  expect(drive.password).toBe("trofie");
  const { firmware } = await bench.resume();
  expect(firmware.succeeded).toBe(false);
  expect(drive.password).toBeNull();
  expect(drive.given).toHaveLength(1);
});

test("the tool of a process that is gone is waited for before the drive is asked", async () => {
  const drive = new PretendedAta();
  const bench = new Bench(drive, "ata-security-erase");
  dieAfter(bench, "issued");
  await expect(bench.run()).rejects.toThrow(Interruption);
  const asked = drive.said.length;
  let waits = 0;
  const tool = "/sbin/hdparm\0--user-master\0u\0--security-erase\0trofie\0/dev/sdb\0";
  const others: Record<string, string> = { "/proc/4711/cmdline": tool };
  bench.others = others;
  bench.onWait = () => {
    expect(drive.said).toHaveLength(asked);
    if (++waits < 3) return;
    bench.others = {};
    drive.disk.bytes.fill(0);
    drive.password = null;
    bench.stopping.abort();
  };
  const { firmware } = await bench.resume();
  expect(firmware.status).toBe(
    "told to stop, but the disk goes on by itself: the tool of the process before still waits for the disk",
  );
  expect((await bench.resume()).firmware.succeeded).toBe(true);
});

/** A second namespace, of the same subsystem or of another. */
function namespace(name: string, nqn: string): Tree {
  return diskInSysfs({
    folder: `pci0000:00/0000:00:06.0/nvme/nvme1/${name}`,
    number: "259:7",
    sizeBytes: driveBytes,
    files: { "device/serial": "NODE-NVME-1", "device/subsysnqn": nqn },
  });
}

test("a sanitize is refused while another namespace of the subsystem is mounted", async () => {
  const bench = new Bench(new PretendedNvme(), "nvme-sanitize-block");
  bench.others = {
    ...namespace("nvme1n2", "nqn.2026-01.test:one"),
    "/proc/self/mountinfo": [
      mountLine("254:1", "/", "ext4", "/dev/root"),
      mountLine("259:7", "/home", "ext4", "/dev/nvme1n2"),
    ].join("\n"),
  };
  await expect(bench.run()).rejects.toMatchObject({
    code: "DEVICE_IN_USE",
    message:
      "Cannot erase /dev/nvme1n1: that would erase its whole NVMe subsystem, and /dev/nvme1n2 is not free: it is mounted at /home",
  });
  expect(bench.drive.given).toEqual([]);
});

test("a sanitize is refused while another namespace of the subsystem cannot be claimed", async () => {
  const bench = new Bench(new PretendedNvme(), "nvme-sanitize-block");
  bench.others = namespace("nvme1n2", "nqn.2026-01.test:one");
  await expect(bench.run()).rejects.toMatchObject({
    code: "DEVICE_IN_USE",
    message: expect.stringContaining("and /dev/nvme1n2 cannot be claimed"),
  });
  expect(bench.drive.given).toEqual([]);
});

test("namespaces of other subsystems, and a format of this one alone, concern nobody else", async () => {
  const foreign = new Bench(new PretendedNvme(), "nvme-sanitize-block");
  foreign.others = namespace("nvme2n1", "nqn.2026-01.test:two");
  expect((await foreign.run()).firmware.succeeded).toBe(true);
  const alone = new Bench(new PretendedNvme(), "nvme-format");
  alone.others = namespace("nvme1n2", "nqn.2026-01.test:one");
  expect((await alone.run()).firmware.succeeded).toBe(true);
});
