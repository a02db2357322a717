/** Jobs in words. */
import {
  bytesText,
  durationText,
  percentOf,
  rateText,
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
export function describeJob(job: Job): string {
  const head = `${job.path}: ${stateWord(job.state)}`;
  if (job.report) return `${head}. ${job.report.message}${describeSpeed(job.report)}`;
  if (job.state === "hung")
    return `${head}. Its process cannot be proved dead, so the device is kept from everybody`;
  if (job.state === "interrupted") return `${head}. The station ended while it ran: the device is not erased`;
  return head;
}

/** How long the whole took, and how fast the disk was at it. */
function describeSpeed({ passes, durationMs }: JobReport): string {
  const bytes = passes.reduce((sum, { bytesDone }) => sum + bytesDone, 0);
  if (bytes === 0) return "";
  return ` (${durationText(durationMs)}, ${rateText((1000 * bytes) / durationMs)})`;
}

/** "write 00  42 %  113 MB of 268 MB  2.1 GB/s  1 s left" */
export function describeProgress({ pass, bytesDone, bytesTotal, bytesPerSecond, etaMs }: Progress): string {
  const parts = [
    pass,
    `${percentOf(bytesDone, bytesTotal)} %`,
    `${bytesText(bytesDone)} of ${bytesText(bytesTotal)}`,
  ];
  if (bytesPerSecond > 0) parts.push(rateText(bytesPerSecond));
  if (etaMs !== null) parts.push(`${durationText(etaMs)} left`);
  return parts.join("  ");
}
