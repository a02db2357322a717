import { isOutcome } from "@trofie/contract";
import { commandJob } from "./command-job.ts";
import type { AddCommand } from "./program.ts";

/** `trofie stop JOB`: writes in flight still follow. */
export const addStop: AddCommand = (parent, common) => {
  parent
    .command("stop")
    .description("stop a job, for good")
    .argument("<job>")
    .action((id) =>
      commandJob(common(), "job.stop", id, ({ state }) =>
        isOutcome(state) ? null : "It ends when its last write has come back",
      ),
    );
};
