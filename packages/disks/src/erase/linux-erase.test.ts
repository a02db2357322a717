/** Jobs in processes of their own, on loop devices made here. */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import type { EraseFindings, EraseWork, JobReport, Plan, VerifyWork } from "@trofie/contract";
import {
  linuxDiskHost,
  type Checkpoint,
  type JobEnd,
  type JobEvent,
  type JobOrder,
  type JobProcess,
} from "../index.ts";
import { isInstalled, LoopWorkshop, run, whyNoLoops } from "../testing/loop-device.ts";
import { resolvePasses } from "./fills.ts";

const MiB = 1024 ** 2;
const seedHex = "07".repeat(32);
const host = linuxDiskHost();
const workshop = new LoopWorkshop();
afterAll(() => workshop.removeAll());

const zero: Omit<EraseWork, "path"> = {
  kind: "erase",
  method: "zero",
  rounds: 1,
  blank: false,
  verify: "last",
  reading: "full",
  stream: "chacha8",
  discard: false,
};

function orderOf(plan: Plan, checkpoint: Checkpoint | null = null): JobOrder {
  return { job: "job-1", plan, seedHex, checkpoint };
}

function attach(sizeBytes: number): { device: string; file: string } {
  const file = workshop.makeSparseFile(sizeBytes);
  return { device: workshop.attach(file, "--direct-io=on"), file };
}

async function carryOut(plan: Plan): Promise<JobReport> {
  const job = await host.start(orderOf(plan), () => {});
  job.go();
  return reportOf(await job.ended);
}

function reportOf(end: JobEnd): JobReport {
  if (end.how !== "reported") throw new Error(`${end.how}: ${end.message}`);
  return end.report;
}

function findingsOf({ findings }: JobReport): EraseFindings {
  if (findings?.kind !== "erase") throw new Error("No findings of an erase");
  return findings;
}

interface Running {
  readonly job: JobProcess;
  /** Resolves at the next event of that type that fits. */
  readonly next: (type: JobEvent["type"], fits?: (event: JobEvent) => boolean) => Promise<JobEvent>;
}

async function startAndListen(order: JobOrder): Promise<Running> {
  const waiting = new Set<(event: JobEvent) => void>();
  const job = await host.start(order, (event) => {
    for (const hear of waiting) hear(event);
  });
  job.go();
  const next: Running["next"] = (type, fits = () => true) =>
    new Promise((resolve, reject) => {
      const hear = (event: JobEvent): void => {
        if (event.type !== type || !fits(event)) return;
        waiting.delete(hear);
        resolve(event);
      };
      waiting.add(hear);
      void job.ended.then((end) => reject(new Error(`It ended before "${type}": ${JSON.stringify(end)}`)));
    });
  return { job, next };
}

const isMoving = (event: JobEvent): boolean => event.type === "progress" && event.bytesDone > 0;

/** What another implementation makes of the last pass's key is what lies on the device. */
function expectStreamOfOpenssl(device: string, plan: Plan): void {
  if (plan.kind !== "erase") throw new Error("No erase");
  const last = resolvePasses(plan, seedHex).at(-1);
  if (last?.kind !== "overwrite" || last.fill.kind !== "random") throw new Error("It ends with no stream");
  const { keyHex } = last.fill;
  const enc = `openssl enc -aes-256-ctr -K ${keyHex} -iv ${"0".repeat(32)} -in /dev/zero 2>/dev/null`;
  const { sizeBytes } = plan.identity;
  execFileSync("sh", ["-c", `${enc} | head --bytes=${sizeBytes} | cmp - ${device}`]);
}

const noLoops = whyNoLoops();
describe.skipIf(noLoops !== null)(`on loop devices${noLoops === null ? "" : ` (${noLoops})`}`, () => {
  test.skipIf(!isInstalled("openssl"))(
    "an erase whose process is killed goes on at the last durable byte, on whatever device its file is by then",
    async () => {
      const { device, file } = attach(1024 * MiB);
      const plan = await host.plan({ ...zero, path: device, method: "random", stream: "aes-256-ctr" });
      const first = await startAndListen(orderOf(plan));
      await first.next("progress", isMoving);
      const kept = first.next("checkpoint");
      const paused = first.next("paused");
      first.job.pause();
      const event = await kept;
      if (event.type !== "checkpoint") throw new Error("No checkpoint");
      await paused;
      const goesOn = first.next("resumed");
      first.job.resume();
      await goesOn;
      process.kill(first.job.process.pid, "SIGKILL");
      expect(await first.job.ended).toMatchObject({ how: "crashed" });

      workshop.detach(device);
      workshop.attach(workshop.makeSparseFile(MiB));
      const elsewhere = workshop.attach(file, "--direct-io=on");
      const second = await startAndListen(orderOf(plan, event.checkpoint));
      const report = reportOf(await second.job.ended);
      expect(report.outcome).toBe("erased");
      const [resumption] = findingsOf(report).resumptions;
      expect(resumption).toMatchObject({ pass: 0, proven: true });
      expect(resumption?.offset).toBeGreaterThan(0);
      expect(resumption?.overlapBytes).toBeGreaterThan(0);
      expect(resumption?.diskseq).not.toBe(plan.identity.diskseq);
      expectStreamOfOpenssl(elsewhere, plan);
    },
  );

  test("a job that rests writes nothing, and is stopped within a moment", async () => {
    const { device } = attach(1536 * MiB);
    const { job, next } = await startAndListen(orderOf(await host.plan({ ...zero, path: device })));
    await next("progress", isMoving);
    const paused = next("paused");
    job.pause();
    await paused;
    const written = sectorsWritten(device);
    await next("progress");
    await next("progress");
    expect(sectorsWritten(device)).toBe(written);
    job.stop();
    expect(reportOf(await job.ended).outcome).toBe("stopped");
  });

  test("Gutmann's 35 passes leave what the last of them wrote", async () => {
    const { device } = attach(2 * MiB + 4096);
    const plan = await host.plan({ ...zero, path: device, method: "gutmann", stream: "aes-256-ctr" });
    const report = await carryOut(plan);
    expect(report.outcome).toBe("erased");
    expect(findingsOf(report).passes).toHaveLength(35);
    expectStreamOfOpenssl(device, plan);
  });

  test("discarding gives the blocks back after the verification, and is no part of it", async () => {
    const { device, file } = attach(8 * MiB);
    const report = await carryOut(await host.plan({ ...zero, path: device, discard: true }));
    expect(report.outcome).toBe("erased");
    expect(findingsOf(report).passes).toMatchObject([
      { kind: "overwrite", verification: { bytesRead: 8 * MiB } },
      { kind: "discard", done: true },
    ]);
    expect(statSync(file).blocks).toBe(0);
  });

  test("samples are all that is read of a device whose reading is sampled", async () => {
    const { device } = attach(64 * MiB);
    const plan = await host.plan({ ...zero, path: device, reading: "sampled" });
    const before = sectorsRead(device);
    const report = await carryOut(plan);
    const [pass] = findingsOf(report).passes;
    if (pass?.kind !== "overwrite" || pass.verification === null) throw new Error("Nothing was verified");
    const { bytesRead } = pass.verification;
    expect(report.outcome).toBe("erased");
    expect(bytesRead).toBeGreaterThanOrEqual(6.4 * MiB);
    // Whoever looks what is on the machine's disks meanwhile reads some of it too.
    expect((sectorsRead(device) - before) * 512).toBeLessThan(32 * MiB);
  });

  describe("a verification", () => {
    const verifyOf = (path: string, expected: VerifyWork["expect"]): VerifyWork => ({
      kind: "verify",
      path,
      expect: expected,
      reading: "full",
    });

    test("of what an erase has left is done, until a byte of it changes", async () => {
      const { device } = attach(16 * MiB + 512);
      const plan = await host.plan({ ...zero, path: device, method: "random", stream: "chacha20" });
      await carryOut(plan);
      const verification = await host.plan(verifyOf(device, { job: "job-1" }), orderOf(plan));
      expect(await carryOut(verification)).toMatchObject({ outcome: "done" });
      const fd = openSync(device, "r+");
      const byte = Buffer.alloc(1);
      readSync(fd, byte, 0, 1, 5_000_000);
      writeSync(fd, Buffer.of(byte[0]! ^ 1), 0, 1, 5_000_000);
      closeSync(fd);
      expect(await carryOut(verification)).toMatchObject({
        outcome: "failed",
        findings: { verification: { mismatchedBytes: 1 } },
      });
    });

    test("of a read-only device works, and changes nothing", async () => {
      const device = workshop.attach(workshop.makeFile(3 * MiB), "--read-only", "--direct-io=on");
      const plan = await host.plan(verifyOf(device, { hex: "be" }));
      expect(await carryOut(plan)).toMatchObject({ outcome: "done", findings: { directIo: true } });
      await expect(host.plan({ ...zero, path: device })).rejects.toMatchObject({ code: "DEVICE_READ_ONLY" });
    });

    test.skipIf(!isInstalled("mkfs.ext4"))("of a mounted device is refused", async () => {
      const { device } = attach(16 * MiB);
      run("mkfs.ext4", "-q", device);
      run("mkdir", `${workshop.folder}/mounted`);
      workshop.mount(device, `${workshop.folder}/mounted`);
      await expect(host.plan(verifyOf(device, { hex: "00" }))).rejects.toMatchObject({
        code: "DEVICE_IN_USE",
        message: `Cannot verify ${device}: it is mounted at ${workshop.folder}/mounted`,
      });
    });
  });
});

/** Fields 3 and 7 of a disk's `stat` (Documentation/block/stat.rst). */
function sectorsRead(device: string): number {
  return statField(device, 2);
}

function sectorsWritten(device: string): number {
  return statField(device, 6);
}

function statField(device: string, index: number): number {
  return Number(run("cat", `/sys/block/${device.slice("/dev/".length)}/stat`).split(/\s+/)[index]);
}
