/** Reads a device back and compares it with what should be on it. Nothing is written, and nothing is claimed. */
import type { JobReport, VerifyFindings } from "@trofie/contract";
import { bytesText, countText, exactBytesText } from "@trofie/contract/quantities";
import { openPlannedToRead } from "../disk/open-planned.ts";
import { WatchedDisk } from "../disk/watched-disk.ts";
import { isFailure } from "../erase/ground.ts";
import { usualLimits, type Limits } from "../erase/limits.ts";
import { Interruption, type CarryOut, type JobContext } from "../job/job-context.ts";
import { Meter } from "../erase/meter.ts";
import { Teller } from "../erase/teller.ts";
import { VerifyRun } from "./verify-run.ts";

export const carryOutVerify: CarryOut<"verify"> = (context) => verify(context, usualLimits);

/** The device is opened only to read and is not claimed: whoever else reads it may go on. */
export async function verify(context: JobContext<"verify">, limits: Limits): Promise<JobReport> {
  const { machine, places, plan, clock } = context;
  const meter = new Meter(plan.bytesTotal, () => clock.nowMs());
  const teller = new Teller(context, { meter, stepCount: 1, stallMs: limits.stallMs });
  return teller.during(async () => {
    const opened = await openPlannedToRead(machine, places, plan, { verb: "verify" });
    const disk = new WatchedDisk(opened.disk, () => clock.nowMs());
    try {
      return await reportOf(context, new VerifyRun(context, { ...opened, disk }, { limits, meter, teller }));
    } finally {
      await disk.close();
    }
  });
}

async function reportOf(context: JobContext<"verify">, run: VerifyRun): Promise<JobReport> {
  const { clock, signal } = context;
  const startedMs = clock.nowMs();
  const error = await run.toEnd().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  const isOver = signal.aborted && error instanceof Interruption;
  if (error !== null && !isFailure(error) && !isOver) throw error;
  const durationMs = clock.nowMs() - startedMs;
  const findings = run.findings(durationMs);
  return { ...verdictOf(context, findings, run, isFailure(error) ? error : null), durationMs, findings };
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
    const found = `${countText(mismatchedBytes)} differ and ${countText(unreadableBytes)} cannot be read`;
    return { outcome: "failed", message: `Of ${exactBytesText(bytesRead + unreadableBytes)} ${found}` };
  }
  const what = kind === "full" ? "Every byte is" : `Samples of ${bytesText(bytesRead)} are`;
  const evidence = directIo ? "" : "; that is no evidence, for the disk was read through memory, not past it";
  return { outcome: "done", message: `${what} as expected${evidence}` };
}
