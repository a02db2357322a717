/** Jobs in words. */
import {
  bytesText,
  durationText,
  passText,
  percentOf,
  rateText,
  stateMeaning,
  timeLeftText,
  type Job,
  type JobReport,
  type JobState,
  type Progress,
} from "@trofie/contract";
import { styled } from "./screen.ts";

const styles: Readonly<Partial<Record<JobState, Parameters<typeof styled>[0]>>> = {
  erased: "green",
  "erased-with-errors": "yellow",
  failed: "red",
  stopped: "yellow",
  hung: "red",
  interrupted: "yellow",
};

export function stateWord(state: JobState): string {
  return styled(styles[state] ?? "bold", state);
}

/** One sentence about how a job stands. */
export function jobText(job: Job): string {
  const head = `${job.path}: ${stateWord(job.state)}`;
  if (job.report) return `${head}. ${job.report.message}${speedText(job.report)}`;
  const meaning = stateMeaning[job.state];
  return meaning === null ? head : `${head}. ${meaning}`;
}

/** How long the whole took, and how fast the disk was at it. */
function speedText({ passes, durationMs }: JobReport): string {
  const bytes = passes.reduce((sum, { bytesDone }) => sum + bytesDone, 0);
  if (bytes === 0) return "";
  return ` (${durationText(durationMs)}, ${rateText((1000 * bytes) / durationMs)})`;
}

/** "Writing 00  42 %  113 MB of 268 MB  2.10 GB/s  1.2 s left" */
export function progressText(progress: Progress): string {
  const { bytesDone, bytesTotal, bytesPerSecond, etaMs } = progress;
  const parts = [passText(progress), `${percentOf(bytesDone, bytesTotal)} %`];
  parts.push(`${bytesText(bytesDone)} of ${bytesText(bytesTotal)}`);
  if (bytesPerSecond > 0) parts.push(rateText(bytesPerSecond));
  const left = timeLeftText(etaMs);
  if (left !== null) parts.push(left);
  return parts.join("  ");
}
