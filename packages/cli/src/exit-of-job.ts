import { isOutcome, type Job } from "@trofie/contract";
import type { ExitWord } from "./exit-codes.ts";

/** How the program ends when the job that it waited for has ended, or rests. */
export function exitOfJob({ state, report }: Pick<Job, "state" | "report">): ExitWord {
  if (!isOutcome(state)) return "interrupted";
  if (state === "stopped") return "stopped";
  if (state === "failed" || state === "erased-with-errors") return "failed";
  const findings = report?.findings;
  return findings?.kind === "health" && ["sus", "fail"].includes(findings.verdict) ? "failed" : "done";
}
