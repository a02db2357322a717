import { describe, expect, test } from "vitest";
import { VerifyPlan, type JobReport, type VerifyFindings, type VerifyWork } from "@trofie/contract";
import type { JobOrder } from "../disk-host.ts";
import { blockBytes } from "../erase/streams/block-maker.ts";
import { usualLimits } from "../erase/limits.ts";
import { MemoryDisk } from "../testing/memory-disk.ts";
import { diskPath } from "../testing/one-disk-machine.ts";
import { someSeedHex, Workbench } from "../testing/workbench.ts";
import { makeVerifyPlan } from "./make-plan.ts";
import { verify } from "./verify.ts";

const sizeBytes = 9 * blockBytes + 512;

const benchWith = (byte: number): Workbench => new Workbench({ disk: new MemoryDisk({ sizeBytes, byte }) });

const expecting = (expected: VerifyWork["expect"]): VerifyWork => ({
  kind: "verify",
  path: diskPath,
  expect: expected,
  reading: "full",
});

async function planOn(bench: Workbench, work: VerifyWork, left: JobOrder | null = null): Promise<VerifyPlan> {
  return makeVerifyPlan(await bench.planContext(left), work);
}

async function verifyOn(
  bench: Workbench,
  work: VerifyWork,
  left: JobOrder | null = null,
): Promise<JobReport> {
  const context = bench.contextOf<"verify">(await planOn(bench, work, left), null);
  return bench.clock.run(verify(context, usualLimits));
}

function findingsOf({ findings }: JobReport): VerifyFindings {
  if (findings?.kind !== "verify") throw new Error("No findings of a verification");
  return findings;
}

test("a disk that holds what is expected is done, and nothing was written to it", async () => {
  const bench = benchWith(0xff);
  const report = await verifyOn(bench, expecting({ hex: "ff" }));
  expect(report).toMatchObject({
    outcome: "done",
    message: "Every byte is as expected",
    findings: {
      kind: "verify",
      directIo: true,
      expect: { kind: "pattern", hex: "ff" },
      verification: {
        kind: "full",
        bytesRead: sizeBytes,
        mismatchedBytes: 0,
        unreadableBytes: 0,
        evidence: true,
      },
      faulty: [],
    },
  });
  expect(bench.disk.counts).toMatchObject({ write: 0, flush: 0 });
  expect(bench.words).toEqual(["verifying"]);
});

test("every byte that is another one is counted, and its sectors are told", async () => {
  const bench = benchWith(0);
  for (const at of [0, 511, 512, 5_000_000, sizeBytes - 1]) bench.disk.bytes[at] = 1;
  const report = await verifyOn(bench, expecting({ hex: "00" }));
  expect(report).toMatchObject({
    outcome: "failed",
    message: `Of ${sizeBytes.toLocaleString("en")} bytes 5 differ and 0 cannot be read`,
  });
  expect(
    findingsOf(report).faulty.map(({ offset, lengthBytes, fault }) => [offset, lengthBytes, fault]),
  ).toEqual([
    [0, 1024, "mismatch"],
    [5_000_000 - (5_000_000 % 512), 512, "mismatch"],
    [sizeBytes - 512, 512, "mismatch"],
  ]);
});

test("a sector that cannot be read is unreadable, not different, and the rest is compared", async () => {
  const bench = benchWith(0);
  bench.disk.spoil({ offset: 2 * blockBytes, lengthBytes: 512, on: "read", code: "ENODATA" });
  const report = await verifyOn(bench, expecting({ hex: "00" }));
  expect(report).toMatchObject({
    outcome: "failed",
    message: `Of ${sizeBytes.toLocaleString("en")} bytes 0 differ and 512 cannot be read`,
    findings: {
      verification: { bytesRead: sizeBytes - 512, unreadableBytes: 512 },
      faulty: [{ offset: 2 * blockBytes, lengthBytes: 512, fault: "read", exact: true }],
    },
  });
});

test("a disk that is pulled and answers with end of file is no match: the job is interrupted", async () => {
  const bench = benchWith(0);
  bench.disk.faults.before = () => void (bench.disk.counts.read === 5 && bench.disk.pull("end of file"));
  await expect(verifyOn(bench, expecting({ hex: "00" }))).rejects.toMatchObject({ name: "Interruption" });
});

test("a disk that was attached anew while it was read is no answer: the job is interrupted", async () => {
  const bench = benchWith(0);
  bench.disk.faults.before = () => {
    if (bench.disk.counts.read !== 5) return;
    bench.disk.pull();
    bench.disk.plugIn();
  };
  await expect(verifyOn(bench, expecting({ hex: "00" }))).rejects.toMatchObject({
    name: "Interruption",
    message: `Cannot go on with ${diskPath}: it is not the planned device, its attachment (diskseq) was 1 and is 2`,
  });
});

test("a disk that fails every read is given up", async () => {
  const bench = benchWith(0);
  bench.disk.spoil({ offset: 0, lengthBytes: sizeBytes, on: "read" });
  expect((await verifyOn(bench, expecting({ hex: "00" }))).outcome).toBe("failed");
});

test("a verification pauses, goes on and stops like any job", async () => {
  const bench = benchWith(0);
  bench.disk.faults.before = () => {
    if (bench.disk.counts.read === 3) {
      bench.gate.pause();
      void bench.clock.wait(1000).then(() => bench.gate.resume());
    }
    if (bench.disk.counts.read === 6) bench.stopping.abort();
  };
  const report = await verifyOn(bench, expecting({ hex: "00" }));
  expect(report.outcome).toBe("stopped");
  expect(bench.words).toEqual(["verifying", "paused", "resumed"]);
});

describe("what a job has left", () => {
  async function leftBy(bench: Workbench, work: Parameters<Workbench["plan"]>[0]): Promise<JobOrder> {
    const plan = await bench.plan(work);
    await bench.erase(plan);
    return { job: "j1", plan, seedHex: someSeedHex, checkpoint: bench.checkpoint };
  }

  test.each([
    ["a random pass", { method: "random" }],
    ["a drawn character", { method: "ar380-19-eraser" }],
    ["a blank pass after all", { method: "random", blank: true }],
  ])(
    "is verified when its last pass was %s, and one byte that changed since is found",
    async (_name, work) => {
      const bench = benchWith(0xbe);
      const left = await leftBy(bench, work);
      expect((await verifyOn(bench, expecting({ job: "j1" }), left)).outcome).toBe("done");
      bench.disk.bytes[4_000_000]! ^= 1;
      const report = await verifyOn(bench, expecting({ job: "j1" }), left);
      expect(findingsOf(report)).toMatchObject({ verification: { mismatchedBytes: 1 } });
    },
  );

  test("stands in the plan as the bytes themselves, with the job's id", async () => {
    const bench = benchWith(0xbe);
    const plan = await planOn(bench, expecting({ job: "j1" }), await leftBy(bench, { method: "zero" }));
    expect(plan).toMatchObject({
      expect: { kind: "pattern", hex: "00" },
      ofJob: "j1",
      bytesTotal: sizeBytes,
      confirm: null,
    });
    expect(VerifyPlan.parse(plan)).toEqual(plan);
  });

  test("is nothing when it discarded at its end, was no erase, or is not known", async () => {
    const bench = benchWith(0xbe);
    const nothing = { code: "JOB_LEFT_NOTHING" };
    const discarded = {
      job: "j1",
      plan: await bench.plan({ discard: true }),
      seedHex: someSeedHex,
      checkpoint: null,
    };
    await expect(planOn(bench, expecting({ job: "j1" }), discarded)).rejects.toMatchObject(nothing);
    const verified = { ...discarded, plan: await planOn(bench, expecting({ hex: "00" })) };
    await expect(planOn(bench, expecting({ job: "j1" }), verified)).rejects.toMatchObject(nothing);
    await expect(planOn(bench, expecting({ job: "j1" }))).rejects.toMatchObject(nothing);
  });
});
