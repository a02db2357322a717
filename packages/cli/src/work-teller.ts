/** Telling of a piece of work: to a person on the screen, or to a script in lines of JSON. */
import type { ClientListener } from "@trofie/commands";
import { isOutcome, type Job } from "@trofie/contract";
import type { Planned } from "./confirm-plan.ts";
import { connectionInWords } from "./connection-text.ts";
import { findingsText } from "./findings-text.ts";
import { followJob, jobOnScreen, remarkable } from "./follow-job.ts";
import { jobText } from "./job-text.ts";
import type { Doing } from "./order-work.ts";
import { planText } from "./plan-text.ts";
import { programName } from "./program-name.ts";
import type { Screen } from "./screen.ts";
import { shellWord } from "./shell-word.ts";

export interface WorkTeller {
  /** Hears of the connection. */
  readonly listener: ClientListener;
  planned(planned: Planned): void;
  /** That was all. */
  onlyPlanned(planned: Planned): void;
  /** Tells nothing while somebody types, until what this returns is called. */
  hold(): () => void;
  /** It is on its way to the station, or waits for the connection. */
  asked(): void;
  accepted(job: string): void;
  /** It is a job of before, and stands so. */
  takenUp(job: Job): void;
  /** The job waits for another one on its device. */
  queuedBehind(other: Job): void;
  /** The job may have to wait for more than its device. */
  queuedBecause(why: string): void;
  /** Nobody waits for the job any more; `ahead` is what it waits for itself. */
  left(job: string, ahead: Job | null): void;
  /** Waits until the job has ended, or rests. */
  follow(doing: Doing): Promise<Job>;
}

export const jsonTeller: WorkTeller = {
  listener: {},
  planned: ({ plan, hash }) => say({ plan, hash }),
  onlyPlanned: () => {},
  hold: () => () => {},
  asked: () => {},
  accepted: (job) => say({ job }),
  takenUp: () => {},
  queuedBehind: ({ id }) => say({ queuedBehind: id }),
  queuedBecause: (why) => say({ queuedBecause: why }),
  left: () => {},
  async follow(doing) {
    const job = await followJob(doing, {
      progressed: (progress) => say({ progress }),
      changed: ({ state }) => say({ state }),
    });
    if (job.report) say({ result: job });
    return job;
  },
};

export function screenTeller(screen: Screen): WorkTeller {
  return {
    listener: connectionInWords(screen),
    planned: ({ plan }) => screen.line(planText(plan)),
    onlyPlanned({ plan, hash }) {
      screen.line(
        "Nothing was started. To start exactly this, say the same again, and in place of --dry-run:",
      );
      screen.line(`  --plan ${hash} --confirm ${shellWord(plan.confirm.word)}`);
    },
    hold: () => screen.hold(),
    asked: () => screen.status("Waiting for the station's answer…"),
    accepted: () => screen.status(""),
    takenUp: (job) => {
      const isToldLater = isOutcome(job.state) || remarkable.has(job.state);
      if (!isToldLater) screen.line(jobText(job));
    },
    queuedBehind: ({ id, path, state }) =>
      screen.line(`It waits for its turn: job ${id} has ${path} (${state})`),
    queuedBecause: (why) => screen.line(`It waits for its turn. ${why}`),
    left(job, ahead) {
      screen.status("");
      screen.line(`Job ${job} ${whenText(ahead)}.`);
      if (ahead?.state === "paused")
        screen.line(`Let that one go on with: ${programName} resume ${ahead.id}`);
      screen.line(`See it with: ${programName} watch ${job}`);
      screen.line(`Stop it with: ${programName} stop ${job}`);
    },
    async follow(doing) {
      const job = await followJob(doing, jobOnScreen(screen));
      screen.status("");
      if (job.report) screen.line(jobText(job));
      else screen.line(`It rests. Let it go on with: ${programName} resume ${job.id}`);
      for (const line of findingsText(job)) screen.line(`  ${line}`);
      return job;
    },
  };
}

function whenText(ahead: Job | null): string {
  if (ahead === null) return "goes on by itself";
  if (ahead.state === "paused")
    return "begins only when that one has been resumed and has ended, or was stopped";
  return ahead.state === "hung" ? "begins only when that one is over" : "begins by itself after that one";
}

export function say(message: object): void {
  console.log(JSON.stringify(message));
}
