import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  symlinkSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  Device,
  ErasePlan,
  JobReport,
  Progress,
  type EraseFindings,
  type EraseWork,
  type Plan,
  type VerificationReport,
} from "@trofie/contract";
import {
  linuxDiskHost,
  type Checkpoint,
  type DiskHost,
  type JobEnd,
  type JobEvent,
  type JobOrder,
  type JobProcess,
} from "./index.ts";
import { exitCodeOf, isInstalled, LoopWorkshop, run, whyNoLoops } from "./testing/loop-device.ts";

const MiB = 1024 ** 2;
const workshop = new LoopWorkshop();
const practiceFolder = `${workshop.folder}/practice`;
let host: DiskHost;

beforeAll(() => {
  mkdirSync(practiceFolder);
  host = linuxDiskHost({ practiceFolder });
});
afterAll(() => workshop.removeAll());

const zero = {
  kind: "erase",
  method: "zero",
  rounds: 1,
  blank: false,
  verify: "last",
  reading: "full",
  stream: "chacha8",
  discard: false,
} as const satisfies Omit<EraseWork, "path">;

function orderOf(plan: Plan, checkpoint: Checkpoint | null = null): JobOrder {
  return { job: "job-1", plan, seedHex: "07".repeat(32), checkpoint };
}

async function startJob(path: string, onEvent: (event: JobEvent) => void = () => {}): Promise<JobProcess> {
  return host.start(orderOf(await host.plan({ ...zero, path })), onEvent);
}

async function eraseNow(path: string, onEvent?: (event: JobEvent) => void): Promise<JobEnd> {
  const job = await startJob(path, onEvent);
  job.go();
  return job.ended;
}

function reportOf(end: JobEnd): JobReport {
  if (end.how !== "reported") throw new Error(`${end.how}: ${end.message}`);
  return end.report;
}

function findingsOf({ findings }: JobReport): EraseFindings {
  if (findings?.kind !== "erase") throw new Error("No findings of an erase");
  return findings;
}

/** Of the last pass. */
function verificationOf(report: JobReport): VerificationReport {
  const pass = findingsOf(report).passes.at(-1);
  if (pass?.kind !== "overwrite" || pass.verification === null) throw new Error("Nothing was verified");
  return pass.verification;
}

/** The first byte of a file or device that is not `byte`; -1 when all of its bytes are. */
function firstOther(path: string, byte: number, from = 0): number {
  const fd = openSync(path, "r");
  const found = Buffer.alloc(MiB);
  const expected = Buffer.alloc(MiB, byte);
  try {
    for (let at = from; ; at += MiB) {
      const count = readSync(fd, found, 0, MiB, at);
      if (count === 0) return -1;
      if (!found.subarray(0, count).equals(expected.subarray(0, count))) {
        return at + found.findIndex((each) => each !== byte);
      }
    }
  } finally {
    closeSync(fd);
  }
}

function omitType<T extends { type: string }>({ type: _type, ...rest }: T) {
  return rest;
}

/** Long enough that no disk is done with it in the moment that a test needs. */
const longBytes = 4096 * MiB;

/** A practice file of that size, with 0xBE only in its last MiB. */
function makeLongFile(): string {
  const path = workshop.makeSparseFile(longBytes, practiceFolder);
  const fd = openSync(path, "r+");
  writeSync(fd, Buffer.alloc(MiB, 0xbe), 0, MiB, longBytes - MiB);
  closeSync(fd);
  return path;
}

/** A job that is in the middle of writing, after its first progress. */
async function jobInTheMiddle(path: string): Promise<JobProcess> {
  const { promise: moving, resolve: isMoving } = Promise.withResolvers<void>();
  const job = await startJob(path, (event) => {
    if (event.type === "progress" && event.bytesDone > 0) isMoving();
  });
  job.go();
  await Promise.race([moving, job.ended]);
  return job;
}

describe("on practice files", () => {
  test("a practice file is erased and verified, whatever its size in sectors", async () => {
    const path = workshop.makeFile(3 * MiB + 512, practiceFolder);
    const events: JobEvent[] = [];
    const report = reportOf(await eraseNow(path, (event) => events.push(event)));
    expect(report.outcome).toBe("erased");
    expect(verificationOf(report)).toMatchObject({
      bytesRead: 3 * MiB + 512,
      mismatchedBytes: 0,
      unreadableBytes: 0,
    });
    expect(firstOther(path, 0)).toBe(-1);
    expect(events.map(({ type }) => type)).toContain("verifying");
    expect(events.at(-1)).toMatchObject({ type: "progress", bytesDone: 2 * (3 * MiB + 512) });
  });

  test("what a host tells fits the contract", async () => {
    const path = workshop.makeFile(MiB, practiceFolder);
    for (const device of await host.list()) expect(Device.parse(device)).toEqual(device);
    const plan = await host.plan({ ...zero, path });
    expect(ErasePlan.parse(plan)).toEqual(plan);
    const report = reportOf(
      await eraseNow(path, (event) => {
        if (event.type === "progress") Progress.parse({ ...omitType(event), job: "job-1" });
      }),
    );
    expect(JobReport.parse(report)).toEqual(report);
  });

  test("the state folder is no practice folder, by whatever path", () => {
    const link = `${workshop.folder}/link-to-state`;
    symlinkSync(practiceFolder, link);
    expect(() => linuxDiskHost({ practiceFolder: link, stateFolder: practiceFolder })).toThrow(
      `Cannot practise in ${link}: it is the station's state folder`,
    );
  });

  test("before go the file is not even opened", async () => {
    const path = workshop.makeFile(MiB, practiceFolder);
    const job = await startJob(path);
    const open = run("ls", "-l", `/proc/${job.process.pid}/fd`);
    expect(open).not.toContain(path);
    job.stop();
    expect(reportOf(await job.ended)).toMatchObject({
      outcome: "stopped",
      message: "Stopped before it began",
    });
    expect(firstOther(path, 0xbe)).toBe(-1);
  });

  test("a job's process is alive until it has ended", async () => {
    const job = await startJob(workshop.makeFile(MiB, practiceFolder));
    expect(await host.isAlive(job.process)).toBe(true);
    job.go();
    await job.ended;
    expect(await host.isAlive(job.process)).toBe(false);
  });

  test("a file that another program has open for writing is refused after go, and nothing is written", async () => {
    const path = workshop.makeFile(MiB, practiceFolder);
    const fd = openSync(path, "r+");
    const end = await eraseNow(path);
    closeSync(fd);
    expect(end).toEqual({
      how: "refused",
      code: "DEVICE_IN_USE",
      message: expect.stringContaining(
        `Cannot erase ${path}: it is open for writing in process ${process.pid}`,
      ),
    });
    expect(firstOther(path, 0xbe)).toBe(-1);
  });

  test("what has been protected since the plan is refused by the job, of the file that it opened, and can be read", async () => {
    const path = workshop.makeFile(MiB, practiceFolder);
    const protecting = linuxDiskHost({ practiceFolder, protect: ["serial:X", path, "/dev/none*"] });
    const job = await protecting.start(orderOf(await host.plan({ ...zero, path })), () => {});
    job.go();
    const message = `Cannot erase ${path}: it is protected (${path})`;
    expect(await job.ended).toEqual({ how: "refused", code: "DEVICE_PROTECTED", message });
    expect(firstOther(path, 0xbe)).toBe(-1);
    await expect(protecting.plan({ ...zero, path })).rejects.toThrow(message);
    const verify = { kind: "verify", path, expect: { hex: "be" }, reading: "full" } as const;
    const reading = await protecting.start(orderOf(await protecting.plan(verify)), () => {});
    reading.go();
    expect(reportOf(await reading.ended).outcome).toBe("done");
    expect(await protecting.absentProtected()).toEqual(["serial:X", "/dev/none*"]);
  });

  test("of two jobs on one practice file at most one runs", async () => {
    const path = workshop.makeSparseFile(256 * MiB, practiceFolder);
    const jobs = [await startJob(path), await startJob(path)];
    for (const job of jobs) job.go();
    const ends = await Promise.all(jobs.map((job) => job.ended));
    expect(ends.filter(({ how }) => how === "refused").length).toBeGreaterThan(0);
  });

  test("a file that got a second name or another size since the plan is refused by the job", async () => {
    const linked = workshop.makeFile(MiB, practiceFolder);
    const grown = workshop.makeFile(MiB, practiceFolder);
    const jobs = [await startJob(linked), await startJob(grown)];
    linkSync(linked, `${workshop.folder}/second-name`);
    truncateSync(grown, 2 * MiB);
    for (const job of jobs) job.go();
    expect(await jobs[0]?.ended).toMatchObject({ how: "refused", code: "DEVICE_IN_USE" });
    expect(await jobs[1]?.ended).toEqual({
      how: "refused",
      code: "IDENTITY_CHANGED",
      message: `Cannot erase ${grown}: it is not the planned device, its size in bytes was 1048576 and is 2097152`,
    });
  });

  test("a process that is killed has crashed, and its job is never erased", async () => {
    const job = await jobInTheMiddle(makeLongFile());
    process.kill(job.process.pid, "SIGKILL");
    expect(await job.ended).toEqual({
      how: "crashed",
      exitCode: null,
      signal: "SIGKILL",
      message: "The job's process ended without a report, killed by SIGKILL",
    });
  });

  test("Ctrl-C and other signals to everybody do not end a job; stopping does", async () => {
    const path = makeLongFile();
    const job = await jobInTheMiddle(path);
    const group = readFileSync(`/proc/${job.process.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[2];
    expect(group).toBe(String(job.process.pid));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.kill(job.process.pid, signal);
    job.stop();
    const report = reportOf(await job.ended);
    expect(report.outcome).toBe("stopped");
    expect(report.message).toMatch(/^Stopped after [\d.]+ \w+ of 8\.59 GB$/);
    expect(firstOther(path, 0xbe, longBytes - MiB)).toBe(-1);
  });

  test("a job ends when its station dies", async () => {
    const path = makeLongFile();
    const program = `
      import { linuxDiskHost } from "@trofie/disks";
      const host = linuxDiskHost({ practiceFolder: ${JSON.stringify(practiceFolder)} });
      const plan = await host.plan(${JSON.stringify({ ...zero, path })});
      const order = { job: "job-1", plan, seedHex: "07".repeat(32), checkpoint: null };
      const job = await host.start(order, () => {});
      job.go();
      console.log(JSON.stringify(job.process));`;
    const options = ["--conditions=trofie-source", "--input-type=module", "--eval", program];
    const station = spawn(process.execPath, options, { cwd: import.meta.dirname });
    const [line] = await once(station.stdout, "data");
    const job = JSON.parse(String(line));
    expect(await host.isAlive(job)).toBe(true);
    station.kill("SIGKILL");
    while (await host.isAlive(job)) await delay(20);
    expect(firstOther(path, 0xbe, longBytes - MiB)).toBe(-1);
  });
});

const noLoops = whyNoLoops();
describe.skipIf(noLoops !== null)(`on loop devices${noLoops === null ? "" : ` (${noLoops})`}`, () => {
  test("a loop device is erased, and other people's tools find nothing but zeros on it", async () => {
    const sizeBytes = 32 * MiB + 4096;
    const device = workshop.attach(workshop.makeFile(sizeBytes), "--direct-io=on");
    const report = reportOf(await eraseNow(device));
    expect(report).toMatchObject({ outcome: "erased", findings: { directIo: true } });
    expect(verificationOf(report).evidence).toBe(true);
    expect(firstOther(device, 0)).toBe(-1);
    expect(exitCodeOf("cmp", "--bytes", String(sizeBytes), device, "/dev/zero")).toBe(0);
  });

  test("a loop device that is read through memory is erased, and neither plan nor report calls that evidence", async () => {
    const device = workshop.attach(workshop.makeFile(4 * MiB), "--direct-io=off");
    const { warnings } = await host.plan({ ...zero, path: device });
    expect(warnings).toEqual([expect.stringContaining("no evidence")]);
    const report = reportOf(await eraseNow(device));
    expect(report).toMatchObject({ outcome: "erased", findings: { directIo: false } });
    expect(verificationOf(report).evidence).toBe(false);
    expect(report.message).toContain("no evidence");
    expect(firstOther(device, 0)).toBe(-1);
  });

  test.skipIf(!isInstalled("nwipe"))(
    "nwipe agrees that it is erased, and would see a single byte",
    async () => {
      const device = workshop.attach(workshop.makeFile(16 * MiB));
      reportOf(await eraseNow(device));
      const verifyZero = ["--method=verify_zero", "--autonuke", "--nogui", "--nowait", device];
      expect(exitCodeOf("nwipe", ...verifyZero)).toBe(0);
      const fd = openSync(device, "r+");
      writeSync(fd, Buffer.of(1), 0, 1, 5_000_001);
      closeSync(fd);
      expect(exitCodeOf("nwipe", ...verifyZero)).not.toBe(0);
    },
  );

  test("a device with sectors of 4096 bytes and an odd number of them is erased to its last byte", async () => {
    const device = workshop.attach(workshop.makeFile(5 * MiB + 3 * 4096), "--sector-size", "4096");
    expect(reportOf(await eraseNow(device)).outcome).toBe("erased");
    expect(firstOther(device, 0)).toBe(-1);
  });

  test.skipIf(!isInstalled("blkid"))("a plan tells what is on the device now", async () => {
    const file = workshop.makeFile(16 * MiB);
    run("mkfs.ext4", "-q", "-F", "-L", "letters", file);
    const device = workshop.attach(file, "--direct-io=on");
    const plan = await host.plan({ ...zero, path: device });
    expect(plan.holds).toEqual([{ path: device, type: "ext4", label: "letters", sizeBytes: 16 * MiB }]);
    expect(plan.warnings).toEqual([]);
  });

  test.skipIf(!isInstalled("blkid"))("a label is shown as it was given, whatever stands in it", async () => {
    for (const label of ["Two words", String.raw`a\x41 ü$"'`]) {
      const file = workshop.makeFile(16 * MiB, practiceFolder);
      run("mkfs.ext4", "-q", "-F", "-L", label, file);
      expect((await host.plan({ ...zero, path: file })).holds).toMatchObject([{ type: "ext4", label }]);
    }
  });

  test("a mounted device is refused in the list, in a plan, and by the job when it was mounted since", async () => {
    const device = workshop.attach(workshop.makeFile(16 * MiB));
    run("mkfs.ext4", "-q", device);
    const job = await startJob(device);
    const point = `${workshop.folder}/mounted`;
    mkdirSync(point);
    workshop.mount(device, point);
    const message = `Cannot erase ${device}: it is mounted at ${point}`;
    const listed = (await host.list()).find(({ path }) => path === device);
    expect(listed).toMatchObject({
      uses: [`mounted at ${point}`],
      refusal: { code: "DEVICE_IN_USE", message },
    });
    await expect(host.plan({ ...zero, path: device })).rejects.toMatchObject({
      code: "DEVICE_IN_USE",
      message,
    });
    job.go();
    expect(await job.ended).toEqual({ how: "refused", code: "DEVICE_IN_USE", message });
  });

  test.skipIf(!isInstalled("addpart"))(
    "a disk with a mounted partition is refused, and so is the partition",
    async () => {
      const device = workshop.attach(workshop.makeFile(16 * MiB));
      run("addpart", device, "1", "2048", "16384");
      workshop.later(() => run("delpart", device, "1"));
      run("mkfs.ext4", "-q", `${device}p1`);
      const job = await startJob(device);
      const point = `${workshop.folder}/partition`;
      mkdirSync(point);
      workshop.mount(`${device}p1`, point);
      const message = `Cannot erase ${device}: ${device}p1 is mounted at ${point}`;
      await expect(host.plan({ ...zero, path: device })).rejects.toMatchObject({ message });
      await expect(host.plan({ ...zero, path: `${device}p1` })).rejects.toMatchObject({
        message: `Cannot erase ${device}p1: it is a partition of ${device}, and only whole disks are erased`,
      });
      job.go();
      expect(await job.ended).toEqual({ how: "refused", code: "DEVICE_IN_USE", message });
    },
  );

  test("a device with swap on it is refused", async () => {
    const device = workshop.attach(workshop.makeFile(16 * MiB));
    run("mkswap", device);
    run("swapon", device);
    workshop.later(() => run("swapoff", device));
    await expect(host.plan({ ...zero, path: device })).rejects.toMatchObject({
      message: `Cannot erase ${device}: it is swap`,
    });
  });

  test("a read-only device is refused", async () => {
    const device = workshop.attach(workshop.makeFile(MiB), "--read-only");
    await expect(host.plan({ ...zero, path: device })).rejects.toMatchObject({ code: "DEVICE_READ_ONLY" });
  });

  test("a device with a loop device on it is refused, and so is the loop device on it", async () => {
    const lower = workshop.attach(workshop.makeFile(MiB));
    const upper = workshop.attach(lower);
    await expect(host.plan({ ...zero, path: lower })).rejects.toMatchObject({
      message: `Cannot erase ${lower}: it is behind ${upper}`,
    });
    await expect(host.plan({ ...zero, path: upper })).rejects.toMatchObject({
      message: `Cannot erase ${upper}: it is only a view of ${lower}`,
    });
  });

  test("another file attached under the planned name is refused by the job, and nothing is written to it", async () => {
    const device = workshop.attach(workshop.makeFile(4 * MiB));
    const job = await startJob(device);
    const other = workshop.makeFile(4 * MiB);
    workshop.replace(device, other);
    job.go();
    expect(await job.ended).toMatchObject({ how: "refused", code: "IDENTITY_CHANGED" });
    expect(firstOther(other, 0xbe)).toBe(-1);
  });

  test("the same file attached again is another attachment, and is refused by the job", async () => {
    const file = workshop.makeFile(4 * MiB);
    const device = workshop.attach(file);
    const job = await startJob(device);
    workshop.replace(device, file);
    job.go();
    expect(await job.ended).toMatchObject({ how: "refused", code: "IDENTITY_CHANGED" });
    expect(firstOther(file, 0xbe)).toBe(-1);
  });

  test("a plan of an earlier boot is carried out, for there the attachment had another number", async () => {
    const device = workshop.attach(workshop.makeFile(4 * MiB));
    const plan = await host.plan({ ...zero, path: device });
    const older = { ...plan, bootId: "an earlier boot", identity: { ...plan.identity, diskseq: "1" } };
    const job = await host.start(orderOf(older), () => {});
    job.go();
    expect(reportOf(await job.ended).outcome).toBe("erased");
  });

  test("a device that was detached since the plan is refused by the job", async () => {
    const device = workshop.attach(workshop.makeFile(MiB));
    const job = await startJob(device);
    workshop.detach(device);
    job.go();
    expect(await job.ended).toMatchObject({ how: "refused" });
  });

  test("a backing file that is cut short under the job makes bytes unreadable, never erased", async () => {
    const file = workshop.makeSparseFile(128 * MiB);
    const device = workshop.attach(file, "--sector-size", "4096");
    const end = await eraseNow(device, (event) => {
      if (event.type === "verifying") truncateSync(file, 120 * MiB);
    });
    const report = reportOf(end);
    expect(report.outcome).toBe("erased-with-errors");
    expect(verificationOf(report).unreadableBytes).toBe(8 * MiB);
    expect(findingsOf(report).faulty).toEqual([
      { offset: 120 * MiB, lengthBytes: 8 * MiB, fault: "read", exact: true },
    ]);
  });

  test("a medium that is full before its end leaves its rest in the map, to the sector", async () => {
    const point = `${workshop.folder}/small`;
    mkdirSync(point);
    workshop.mount("tmpfs", point, "-t", "tmpfs", "-o", "size=20m");
    const device = workshop.attach(workshop.makeSparseFile(24 * MiB, point), "--sector-size", "4096");
    const report = reportOf(await eraseNow(device));
    const { faulty } = findingsOf(report);
    expect(report.outcome).toBe("erased-with-errors");
    expect(faulty.every(({ fault, exact }) => fault === "write" && exact)).toBe(true);
    expect(findingsOf(report).faultyBytes).toBeGreaterThanOrEqual(4 * MiB);
    expect(findingsOf(report).faultyBytes).toBeLessThan(5 * MiB);
  });

  test("where direct I/O is refused the job says that its verification is no evidence", async () => {
    const point = `${workshop.folder}/ramfs`;
    mkdirSync(point);
    workshop.mount("ramfs", point, "-t", "ramfs");
    const inMemory = linuxDiskHost({ practiceFolder: point });
    const path = workshop.makeFile(4 * MiB, point);
    const job = await inMemory.start(orderOf(await inMemory.plan({ ...zero, path })), () => {});
    job.go();
    const report = reportOf(await job.ended);
    expect(report).toMatchObject({ outcome: "erased", findings: { directIo: false } });
    expect(verificationOf(report).evidence).toBe(false);
    expect(report.message).toContain("no evidence");
  });

  const root = run("findmnt", "--noheadings", "--output", "SOURCE", "/");
  const hasDisk = root.startsWith("/dev/");
  test.skipIf(!hasDisk)(
    `the disk of this machine is never eligible${hasDisk ? "" : ` (/ is ${root})`}`,
    async () => {
      const [disk] = run("lsblk", "--noheadings", "--list", "--inverse", "--paths", "--output", "NAME", root)
        .split("\n")
        .slice(-1);
      await expect(host.plan({ ...zero, path: disk!.trim() })).rejects.toMatchObject({
        code: "DEVICE_IS_SYSTEM",
      });
    },
  );
});
