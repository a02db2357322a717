/** Telling of a piece of work: to a person on the screen, or to a script in lines of JSON. */
import type { ClientListener } from "@trofie/commands";
import type { Job } from "@trofie/contract";
import type { DestructivePlan } from "./confirm-plan.ts";
import { connectionInWords } from "./connection-text.ts";
import { findingsText } from "./findings-text.ts";
import { followJob, jobOnScreen } from "./follow-job.ts";
import { jobText } from "./job-text.ts";
import type { Doing } from "./order-work.ts";
import { planText } from "./plan-text.ts";
import { programName } from "./program-name.ts";
import type { Screen } from "./screen.ts";

export interface WorkTeller {
  /** Hears of the connection. */
  readonly listener: ClientListener;
  planned(plan: DestructivePlan, hash: string): void;
  /** Tells nothing while somebody types, until what this returns is called. */
  hold(): () => void;
  /** It is on its way to the station, or waits for the connection. */
  asked(): void;
  accepted(job: string): void;
  /** The job waits for another one on its device. */
  queuedBehind(other: Job): void;
  /** The job goes on by itself. */
  left(job: string): void;
  /** Waits until the job has ended, or rests. */
  follow(doing: Doing): Promise<Job>;
}

export const jsonTeller: WorkTeller = {
  listener: {},
  planned: (plan, hash) => say({ plan, hash }),
  hold: () => () => {},
  asked: () => {},
  accepted: (job) => say({ job }),
  queuedBehind: ({ id }) => say({ queuedBehind: id }),
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
    planned: (plan) => screen.line(planText(plan)),
    hold: () => screen.hold(),
    asked: () => screen.status("Waiting for the station's answer…"),
    accepted: () => screen.status(""),
    queuedBehind: ({ id, path, state }) =>
      screen.line(`It waits for its turn: job ${id} has ${path} (${state})`),
    left(job) {
      screen.status("");
      screen.line(`Job ${job} goes on by itself.`);
      screen.line(`See it with: ${programName} watch`);
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

export function say(message: object): void {
  console.log(JSON.stringify(message));
}
