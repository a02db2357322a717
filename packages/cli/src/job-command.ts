import type { ClientListener } from "@trofie/commands";
import { isMoving, type Progress } from "@trofie/contract";
import { withStation } from "./connection.ts";
import { jobReportText } from "./job-report-text.ts";
import type { AddCommand, Common } from "./program.ts";
import { soon } from "./soon.ts";

/** `trofie job JOB`: all that is recorded of one job, and how far it is. */
export const addJob: AddCommand = (parent, common) => {
  parent
    .command("job")
    .description(
      "show one job in full: how far it is, each pass with its bytes or key, each faulty range, what was verified",
    )
    .argument("<job>")
    .action((id) => showJob(id, common()));
};

async function showJob(id: string, { address, json }: Common): Promise<void> {
  const newest = new NewestProgress(id);
  const shown = await withStation(
    address,
    async (client) => {
      const { job } = await client.query("job.get", { job: id });
      return { job, progress: isMoving(job.state) ? await newest.soon() : null };
    },
    { events: true, listener: newest.listener },
  );
  console.log(json ? JSON.stringify(shown) : jobReportText(shown.job, shown.progress));
}

/** A station tells how far its jobs are five times a second, and of one that hangs or has just ended nothing. */
const soonMs = 2_000;

class NewestProgress {
  readonly listener: ClientListener;
  readonly #first = Promise.withResolvers<Progress>();

  constructor(id: string) {
    this.listener = {
      progressReceived: (progress) => {
        if (progress["job"] === id) this.#first.resolve(progress as unknown as Progress);
      },
    };
  }

  /** Null when none came. */
  soon(): Promise<Progress | null> {
    return soon(this.#first.promise, soonMs);
  }
}
