/** Reads a device back and compares it with what should be on it. Nothing is written, and nothing is claimed. */
import type { JobReport, VerifyFindings } from "@trofie/contract";
import { bytesText } from "@trofie/contract/quantities";
import { openPlannedToRead, type PlannedDisk } from "../disk/open-planned.ts";
import { WatchedDisk } from "../disk/watched-disk.ts";
import { isFailure } from "../erase/ground.ts";
import { usualLimits, type Limits } from "../erase/limits.ts";
import type { CarryOut, JobContext } from "../job/job-context.ts";
import { VerifyRun } from "./verify-run.ts";

export const carryOutVerify: CarryOut<"verify"> = (context) => verify(context, usualLimits);

/** The device is opened only to read and is not claimed: whoever else reads it may go on. */
export async function verify(context: JobContext<"verify">, limits: Limits): Promise<JobReport> {
  const { machine, places, plan } = context;
  const opened = await openPlannedToRead(machine, places, plan, { verb: "verify" });
  const disk = new WatchedDisk(opened.disk, () => context.clock.nowMs());
  try {
    return await toEnd(context, { ...opened, disk }, limits);
  } finally {
    await disk.close();
  }
}

async function toEnd(
  context: JobContext<"verify">,
  opened: PlannedDisk & { readonly disk: WatchedDisk },
  limits: Limits,
): Promise<JobReport> {
  const startedMs = context.clock.nowMs();
  const run = new VerifyRun(context, opened, limits);
  const failure = await run.toEnd().then(
    () => null,
    (error: unknown) => error,
  );
  if (failure !== null && !isFailure(failure)) throw failure;
  const findings = run.findings(context.clock.nowMs() - startedMs);
  return {
    ...verdictOf(context, findings, run, failure),
    durationMs: context.clock.nowMs() - startedMs,
    findings,
  };
}

function verdictOf(
  { signal, plan }: JobContext<"verify">,
  { verification, directIo }: VerifyFindings,
  run: VerifyRun,
  failure: Error | null,
): Pick<JobReport, "outcome" | "message"> {
  const { bytesRead, mismatchedBytes, unreadableBytes, kind } = verification;
  if (failure !== null) return { outcome: "failed", message: failure.message };
  if (signal.aborted && !run.isDone) {
    return {
      outcome: "stopped",
      message: `Stopped after ${bytesText(bytesRead)} of ${bytesText(plan.bytesTotal)}`,
    };
  }
  if (mismatchedBytes + unreadableBytes > 0) {
    const found = `${mismatchedBytes} differ and ${unreadableBytes} cannot be read`;
    return { outcome: "failed", message: `Of ${bytesRead + unreadableBytes} bytes ${found}` };
  }
  const what = kind === "full" ? "Every byte is" : `Samples of ${bytesText(bytesRead)} are`;
  const evidence = directIo ? "" : "; that is no evidence, for the disk was read through memory, not past it";
  return { outcome: "done", message: `${what} as expected${evidence}` };
}
