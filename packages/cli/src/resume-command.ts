import { commandJob } from "./command-job.ts";
import type { AddCommand } from "./program.ts";

/** `trofie resume JOB`: a paused job goes on, and an interrupted one, from where it is known to be. */
export const addResume: AddCommand = (parent, common) => {
  parent
    .command("resume")
    .description("let a paused or interrupted job go on from where it was")
    .argument("<job>")
    .action((id) => commandJob(common(), "job.resume", id, () => null));
};
