/** Asks a disk how it is; nothing is opened for writing, so the system's own disk and one in use can be asked too. */
import { Refusal } from "@trofie/commands/errors";
import type { HealthFindings, JobReport } from "@trofie/contract";
import { findPlanned } from "../discovery/planned-device.ts";
import { refuseUnlessFit } from "../discovery/refuse-work.ts";
import type { CarryOut, JobContext } from "../job/job-context.ts";
import type { MakePlan } from "../job/plan-context.ts";
import { Steps } from "../job/steps.ts";
import { judge } from "./health-rules.ts";
import type { Drive } from "./drive.ts";
import { askSmartctl, type Answer } from "./smartctl.ts";

export const makeHealthPlan: MakePlan<"health"> = async ({ machine, found, bootId }, work) => {
  const { path, identity } = found.device;
  refuseUnlessFit(found, work.kind);
  const version = await machine.execute("smartctl", ["--version"], { limitMs: 30_000 });
  if (version === null) throw missing(path);
  const plan = { kind: "health", bootId, path, identity, bytesTotal: 0, estimatedMs: 3000 } as const;
  return { ...plan, holds: [], warnings: [], confirm: null };
};

export const carryOutHealth: CarryOut<"health"> = async (context) => {
  const steps = new Steps(context, { count: 1 });
  steps.begin(1, "Asking the disk");
  try {
    return await check(context);
  } finally {
    steps.end();
  }
};

async function check({ machine, places, plan, clock, signal }: JobContext<"health">): Promise<JobReport> {
  const startedMs = clock.nowMs();
  await findPlanned(machine, places, plan, "check");
  const answer = await askSmartctl(machine, plan.path, signal);
  const report = (
    outcome: JobReport["outcome"],
    message: string,
    findings: HealthFindings | null = null,
  ) => ({
    outcome,
    message,
    durationMs: clock.nowMs() - startedMs,
    findings,
  });
  if (signal.aborted) return report("stopped", "Stopped before the disk had answered");
  if (answer === null) throw missing(plan.path);
  await findPlanned(machine, places, plan, "check"); // what was asked by its path was the planned one
  if (answer.drive === null) return report("failed", noData(plan.path, answer));
  const findings = findingsOf(answer.drive);
  const some = answer.drive.exit.has("notAllAnswered") ? ", as far as it answered" : "";
  return report("done", `The disk is ${words[findings.verdict]}${some}`, findings);
}

/** Of what is not known nothing good is said. */
function noData(path: string, { words }: Extract<Answer, { drive: null }>): string {
  return `Cannot check ${path}: it gives no health data${words === null ? "" : ` (${words})`}`;
}

const words: Readonly<Record<HealthFindings["verdict"], string>> = {
  ok: "ok",
  old: "old",
  sus: "suspect",
  fail: "failing",
};

function findingsOf(drive: Drive): HealthFindings {
  const { temperatureC, powerOnHours, powerCycles, selfAssessment, attributes } = drive;
  return {
    kind: "health",
    ...judge(drive),
    temperatureC,
    powerOnHours,
    powerCycles,
    selfAssessment,
    attributes: [...attributes],
  };
}

function missing(path: string): Refusal {
  return new Refusal(
    "TOOL_MISSING",
    `Cannot check ${path}: smartctl is not installed (package smartmontools)`,
  );
}
