/** Telling of an erase: to a person on the screen, or to a script in lines of JSON. */
import type { ClientListener } from "@trofie/commands";
import type { ErasePlan, Job } from "@trofie/contract";
import { connectionInWords } from "./connection-text.ts";
import { followJob, jobOnScreen, type Erasing } from "./follow-job.ts";
import { jobText } from "./job-text.ts";
import { planText } from "./plan-text.ts";
import { programName } from "./program-name.ts";
import type { Screen } from "./screen.ts";

export interface EraseTeller {
  /** Hears of the connection. */
  readonly listener: ClientListener;
  planned(plan: ErasePlan, hash: string): void;
  accepted(job: string): void;
  /** The job waits for another one on its device. */
  queuedBehind(other: Job): void;
  /** The job goes on by itself. */
  left(job: string): void;
  /** Waits until the job has ended or was interrupted. */
  follow(erasing: Erasing): Promise<Job>;
}

export const jsonTeller: EraseTeller = {
  listener: {},
  planned: (plan, hash) => say({ plan, hash }),
  accepted: (job) => say({ job }),
  queuedBehind: ({ id }) => say({ queuedBehind: id }),
  left: () => {},
  async follow(erasing) {
    const job = await followJob(erasing, {
      progressed: (progress) => say({ progress }),
      changed: ({ state }) => say({ state }),
    });
    say(job.report ? { result: job } : { state: job.state });
    return job;
  },
};

export function screenTeller(screen: Screen): EraseTeller {
  return {
    listener: connectionInWords(screen),
    planned: (plan) => screen.line(planText(plan)),
    accepted: () => {},
    queuedBehind: ({ id, path, state }) =>
      screen.line(`It waits for its turn: job ${id} has ${path} (${state})`),
    left(job) {
      screen.status("");
      screen.line(`Job ${job} goes on by itself.`);
      screen.line(`See it with: ${programName} watch`);
      screen.line(`Stop it with: ${programName} stop ${job}`);
    },
    async follow(erasing) {
      const job = await followJob(erasing, jobOnScreen(screen));
      screen.status("");
      screen.line(jobText(job));
      return job;
    },
  };
}

export function say(message: object): void {
  console.log(JSON.stringify(message));
}
