/** How a job's state looks to whoever watches. */
import type { HealthFindings, Job, JobState, WorkKind } from "@trofie/contract";

/** Each tone also has a sign of its own, for colour alone tells some people nothing. */
export type Tone = "busy" | "waiting" | "good" | "warning" | "bad" | "ended";

export interface StateWords {
  readonly title: string;
  readonly tone: Tone;
}

const stateWords: Readonly<Record<JobState, StateWords>> = {
  queued: { title: "Waiting for its turn", tone: "waiting" },
  running: { title: "Working", tone: "busy" },
  verifying: { title: "Verifying", tone: "busy" },
  paused: { title: "Paused", tone: "waiting" },
  stopping: { title: "Stopping", tone: "waiting" },
  hung: { title: "Hung", tone: "bad" },
  interrupted: { title: "Interrupted", tone: "warning" },
  erased: { title: "Erased", tone: "good" },
  "erased-with-errors": { title: "Erased with errors", tone: "warning" },
  done: { title: "Done", tone: "good" },
  failed: { title: "Failed", tone: "bad" },
  stopped: { title: "Stopped", tone: "ended" },
};

/** What a job does while it runs. */
const doing: Readonly<Record<WorkKind, string>> = {
  erase: "Erasing",
  verify: "Reading back",
  "image-write": "Writing",
  "image-read": "Reading",
  health: "Asking",
  "spin-down": "Spinning down",
  unmount: "Unmounting",
};

/** A check of health that is done says what was found: that it is done says nothing good of the disk. */
const verdictWords: Readonly<Record<HealthFindings["verdict"], StateWords>> = {
  ok: { title: "Healthy", tone: "good" },
  old: { title: "Old, but sound", tone: "good" },
  sus: { title: "Suspect", tone: "warning" },
  fail: { title: "Failing", tone: "bad" },
};

export function wordsOf({ kind, state, report }: Pick<Job, "kind" | "state" | "report">): StateWords {
  if (state === "running") return { title: doing[kind], tone: "busy" };
  const findings = report?.findings;
  if (state === "done" && findings?.kind === "health") return verdictWords[findings.verdict];
  return stateWords[state];
}
