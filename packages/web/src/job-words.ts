/** What a job's state means to whoever watches. */
import type { JobState } from "@trofie/contract";

/** How a state looks; each tone also has a sign of its own, for colour alone tells some people nothing. */
export type Tone = "busy" | "waiting" | "good" | "warning" | "bad" | "ended";

export interface StateWords {
  readonly title: string;
  readonly tone: Tone;
  /** What it means for the disk, where the title does not say it. */
  readonly meaning?: string;
}

export const stateWords: Readonly<Record<JobState, StateWords>> = {
  queued: { title: "Waiting for its turn", tone: "waiting" },
  running: { title: "Erasing", tone: "busy" },
  verifying: { title: "Verifying", tone: "busy" },
  paused: { title: "Paused", tone: "waiting" },
  stopping: {
    title: "Stopping",
    tone: "waiting",
    meaning: "It was told to stop; the writes in flight are finishing.",
  },
  hung: {
    title: "Hung",
    tone: "bad",
    meaning:
      "Its process does not end and may still hold the disk. Until it is gone, the station lets nothing else open this disk.",
  },
  interrupted: {
    title: "Interrupted",
    tone: "warning",
    meaning:
      "Its process is gone before it was done: the disk is neither erased nor untouched. Stop this job and erase again.",
  },
  unknown: {
    title: "Unknown",
    tone: "warning",
    meaning: "What became of it is not known. Take the disk for not erased.",
  },
  erased: { title: "Erased", tone: "good" },
  "erased-with-errors": {
    title: "Erased with errors",
    tone: "warning",
    meaning: "Some of the disk could not be written or read back; old data may remain there.",
  },
  failed: { title: "Failed", tone: "bad", meaning: "The disk is not erased." },
  stopped: { title: "Stopped", tone: "ended", meaning: "The disk is not erased." },
};

const sweeps: Readonly<Record<string, string>> = { write: "Writing", verify: "Verifying" };

/** "write 00" is "Writing 00". */
export function passText(pass: string): string {
  const [sweep = "", ...rest] = pass.split(" ");
  return [sweeps[sweep] ?? sweep, ...rest].join(" ");
}
