/** Erases a disk: opens it, carries out the passes of its plan one after the other, and says what came of it. */
import { Refusal } from "@trofie/commands/errors";
import type { JobReport } from "@trofie/contract";
import { openPlanned, type PlannedDisk } from "../disk/open-planned.ts";
import { WatchedDisk } from "../disk/watched-disk.ts";
import { Interruption, type CarryOut, type JobContext } from "../job/job-context.ts";
import { conclude, type Ended } from "./conclude.ts";
import { resolvePasses } from "./fills.ts";
import { isFailure } from "./ground.ts";
import { HowFar } from "./how-far.ts";
import { usualLimits, type Limits } from "./limits.ts";
import { Meter } from "./meter.ts";
import { PassRun, stepsOf } from "./pass-run.ts";
import { Teller } from "./teller.ts";

export const carryOutErase: CarryOut<"erase"> = (context) => erase(context, usualLimits);

/** The job's progress is told from the beginning: on a dying disk even the opening can hang. */
export async function erase(context: JobContext<"erase">, limits: Limits): Promise<JobReport> {
  const { clock, plan, seedHex } = context;
  const passes = resolvePasses(plan, seedHex);
  const meter = new Meter(plan.bytesTotal, () => clock.nowMs());
  const teller = new Teller(context, { meter, stepCount: stepsOf(passes), stallMs: limits.stallMs });
  return teller.during(async () => {
    const far = HowFar.from(context.checkpoint, limits.narrowMs);
    const opened = await open(context);
    const disk = new WatchedDisk(opened.disk, () => clock.nowMs());
    try {
      const run = new PassRun(context, { ...opened, disk }, passes, far, { limits, meter, teller });
      return await reportOf(context, run, { far, passes, disk });
    } finally {
      await disk.close();
    }
  });
}

/** A job that goes on rests when its device is not there or not free: it may be soon. A new one is refused. */
async function open(context: JobContext<"erase">): Promise<PlannedDisk> {
  const { machine, places, plan, checkpoint } = context;
  if (checkpoint === null) return openPlanned(machine, places, plan);
  try {
    return await openPlanned(machine, places, plan, { verb: "go on with", again: true });
  } catch (error) {
    throw error instanceof Refusal ? new Interruption(error.message, { cause: error }) : error;
  }
}

async function reportOf(
  { plan, signal, seedHex }: JobContext<"erase">,
  run: PassRun,
  of: Pick<Ended, "far" | "passes" | "disk">,
): Promise<JobReport> {
  const error = await run.toEnd().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  const isOver = signal.aborted && error instanceof Interruption;
  if (error !== null && !isFailure(error) && !isOver) throw error;
  return conclude({
    ...of,
    plan,
    seedHex,
    failure: isFailure(error) ? error : null,
    isStopped: signal.aborted && !run.isDone,
    wasToldToStop: signal.aborted,
    bytesDone: run.bytesDone,
    durationMs: run.durationMs,
  });
}
