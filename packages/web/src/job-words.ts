/** How a job's state looks to whoever watches. */
import type { JobState } from "@trofie/contract";

/** Each tone also has a sign of its own, for colour alone tells some people nothing. */
export type Tone = "busy" | "waiting" | "good" | "warning" | "bad" | "ended";

export interface StateWords {
  readonly title: string;
  readonly tone: Tone;
}

export const stateWords: Readonly<Record<JobState, StateWords>> = {
  queued: { title: "Waiting for its turn", tone: "waiting" },
  running: { title: "Erasing", tone: "busy" },
  verifying: { title: "Verifying", tone: "busy" },
  stopping: { title: "Stopping", tone: "waiting" },
  hung: { title: "Hung", tone: "bad" },
  interrupted: { title: "Interrupted", tone: "warning" },
  erased: { title: "Erased", tone: "good" },
  "erased-with-errors": { title: "Erased with errors", tone: "warning" },
  failed: { title: "Failed", tone: "bad" },
  stopped: { title: "Stopped", tone: "ended" },
};
