/** Makes the plan of a verification: what should be on the device, and how much of it is read. */
import { Refusal } from "@trofie/commands/errors";
import type { Fill, VerifyWork } from "@trofie/contract";
import { refuseUnlessFit } from "../discovery/refuse-work.ts";
import type { JobOrder } from "../disk-host.ts";
import { resolvePasses } from "../erase/fills.ts";
import { likelyBytesPerSecond } from "../erase/make-plan.ts";
import { bytesOfReading } from "../erase/sample.ts";
import type { MakePlan } from "../job/plan-context.ts";

export const makeVerifyPlan: MakePlan<"verify"> = async (context, work) => {
  const { device, isThroughMemory } = context.found;
  refuseUnlessFit(context.found, "verify");
  const { expect, ofJob } = expectationOf(device.path, work, context.left);
  const bytesTotal = bytesOfReading(device.identity.sizeBytes, work.reading);
  const holds = await context.holds();
  return {
    kind: "verify",
    bootId: context.bootId,
    path: device.path,
    identity: device.identity,
    bytesTotal,
    estimatedMs: Math.ceil((bytesTotal / likelyBytesPerSecond(device)) * 1000),
    holds: holds ?? [],
    warnings: isThroughMemory
      ? ["The file behind it is read through memory: what is read is no evidence of the medium"]
      : [],
    confirm: null,
    expect,
    ofJob,
    reading: work.reading,
  };
};

interface Expectation {
  readonly expect: Fill;
  readonly ofJob: string | null;
}

function expectationOf(path: string, { expect }: VerifyWork, left: JobOrder | null): Expectation {
  if ("hex" in expect) return { expect: { kind: "pattern", hex: expect.hex }, ofJob: null };
  return { expect: leftBy(path, expect.job, left), ofJob: expect.job };
}

/** The bytes of the last pass, drawn again from the job's seed. That the job came to its end is for the caller to know. */
function leftBy(path: string, job: string, left: JobOrder | null): Fill {
  const because = (state: string) =>
    new Refusal("JOB_LEFT_NOTHING", `Cannot verify what ${job} has left on ${path}: ${state}`);
  if (left?.plan.kind !== "erase") throw because("it was no erase");
  const last = resolvePasses(left.plan, left.seedHex).at(-1);
  if (last?.kind === "overwrite") return last.fill;
  throw because(
    last?.kind === "discard"
      ? "it discarded all blocks at its end, and what is read of those is up to the disk"
      : "its last step was the disk's own, and what that leaves is up to the disk",
  );
}
