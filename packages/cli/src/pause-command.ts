import { commandJob } from "./command-job.ts";
import type { AddCommand } from "./program.ts";
import { programName } from "./program-name.ts";

/** `trofie pause JOB`: it keeps its device, and begins nothing until it is resumed. */
export const addPause: AddCommand = (parent, common) => {
  parent
    .command("pause")
    .description("pause a job; it keeps its device until it is resumed or stopped")
    .argument("<job>")
    .action((id) =>
      commandJob(common(), "job.pause", id, ({ state }) =>
        state === "paused"
          ? `Let it go on with: ${programName} resume ${id}`
          : "It pauses when its last write has come back",
      ),
    );
};
