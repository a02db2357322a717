import { isOutcome, type Findings, type Job } from "@trofie/contract";
import type { ExitWord } from "./exit-codes.ts";

/** How the program ends when the job that it waited for has ended, or rests. */
export function exitOfJob({ state, report }: Pick<Job, "state" | "report">): ExitWord {
  if (!isOutcome(state)) return "interrupted";
  if (state === "stopped") return "stopped";
  if (state === "failed" || state === "erased-with-errors") return "failed";
  return isAsAsked(report?.findings ?? null) ? "done" : "failed";
}

/** A job may have ended well and found, or left, what somebody has to look at. */
function isAsAsked(findings: Findings | null): boolean {
  if (findings?.kind === "health") return !["sus", "fail"].includes(findings.verdict);
  return findings?.kind !== "image-write" || findings.notGrown === undefined;
}
