/** Telling of an erase: to a person on the screen, or to a script in lines of JSON. */
import type { ErasePlan, Job } from "@trofie/contract";
import { connectionInWords } from "./connection-text.ts";
import type { StationClient } from "./connection.ts";
import { followJob, type Erasing } from "./follow-job.ts";
import { planText } from "./plan-text.ts";
import { openScreen } from "./screen.ts";

export interface EraseTeller {
  planned(plan: ErasePlan, hash: string): void;
  accepted(job: string): void;
  /** The job goes on by itself. */
  left(job: string): void;
  follow(erasing: Erasing): Promise<Job>;
}

export const jsonTeller: EraseTeller = {
  planned: (plan, hash) => say({ plan, hash }),
  accepted: (job) => say({ job }),
  left: () => {},
  async follow(erasing) {
    for await (const progress of erasing.progress) say({ progress });
    const result = await erasing.result;
    say({ result });
    return result;
  },
};

export function screenTeller(client: StationClient): EraseTeller {
  const screen = openScreen(process.stdout);
  client.listen(connectionInWords(screen));
  return {
    planned: (plan) => screen.line(planText(plan)),
    accepted: () => {},
    left(job) {
      screen.status("");
      screen.line(
        `Job ${job} goes on by itself. See it with: trofie watch. Stop it with: trofie stop ${job}`,
      );
    },
    follow: (erasing) => followJob(erasing, screen),
  };
}

function say(message: object): void {
  console.log(JSON.stringify(message));
}
