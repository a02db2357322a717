/** Jobs in words. */
import {
  bytesText,
  durationText,
  limitText,
  meaningOf,
  percentOf,
  rateText,
  timeLeftText,
  type Findings,
  type Job,
  type JobReport,
  type JobState,
  type PassReport,
  type Progress,
} from "@trofie/contract";
import { styled } from "./screen.ts";

const styles: Readonly<Partial<Record<JobState, Parameters<typeof styled>[0]>>> = {
  erased: "green",
  done: "green",
  "erased-with-errors": "yellow",
  failed: "red",
  stopped: "yellow",
  paused: "yellow",
  hung: "red",
  interrupted: "yellow",
};

export function stateWord(state: JobState): string {
  return styled(styles[state] ?? "bold", state);
}

/** How a job stands, in a sentence or two. */
export function jobText(job: Job): string {
  const head = `${job.path}: ${stateWord(job.state)}`;
  if (job.report) return `${head}. ${job.report.message}${speedText(job.report)}`;
  const why = job.why ?? meaningOf(job);
  return `${head} (${job.title})${why === null ? "" : `. ${why}`}`;
}

/** How long the whole took, and how fast the disk was at it. */
function speedText({ findings, durationMs }: JobReport): string {
  const bytes = findings === null ? 0 : bytesMoved(findings);
  if (bytes === 0 || durationMs === 0) return "";
  return ` (${durationText(durationMs)}, ${rateText((1000 * bytes) / durationMs)})`;
}

/** What was written to the disk and read from it. */
function bytesMoved(findings: Findings): number {
  switch (findings.kind) {
    case "erase":
      return findings.passes.reduce((sum, pass) => sum + bytesOfPass(pass), 0);
    case "verify":
      return findings.verification.bytesRead;
    case "image-write":
    case "image-read":
      return findings.contentBytes * (findings.readBack ? 2 : 1);
    default:
      return 0;
  }
}

function bytesOfPass(pass: PassReport): number {
  return pass.kind === "overwrite" ? pass.bytesWritten + (pass.verification?.bytesRead ?? 0) : 0;
}

/** "Writing 00, step 1 of 2  42 %  1.2 s left  2.10 GB/s, the disk is the limit  113 MB of 268 MB" */
export function progressText(progress: Progress): string {
  const { bytesDone, bytesTotal, faultyBytes, etaMs } = progress;
  const isCounted = bytesTotal > 0;
  return [
    stepText(progress),
    isCounted && `${percentOf(bytesDone, bytesTotal)} %`,
    faultyBytes > 0 && `${bytesText(faultyBytes)} faulty`,
    timeLeftText(etaMs),
    speedNowText(progress),
    isCounted && `${bytesText(bytesDone)} of ${bytesText(bytesTotal)}`,
  ]
    .filter(Boolean)
    .join("  ");
}

function stepText({ step, stepNumber, stepCount }: Progress): string {
  return stepCount === 1 ? step : `${step}, step ${stepNumber} of ${stepCount}`;
}

function speedNowText({ bytesPerSecond, limit }: Progress): string | null {
  if (bytesPerSecond === 0) return null;
  return [rateText(bytesPerSecond), ...(limit === null ? [] : [limitText[limit]])].join(", ");
}
