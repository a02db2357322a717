/** A job's progress on the screen, until it ends. */
import type { OperationHandle } from "@trofie/commands";
import { percentOf, type Job, type Progress } from "@trofie/contract";
import { jobText, progressText } from "./job-text.ts";
import type { Screen } from "./screen.ts";

export type Erasing = OperationHandle<Progress, Job>;

/** On a terminal one line changes in place; elsewhere there is a line for each tenth. */
export async function followJob(erasing: Erasing, screen: Screen): Promise<Job> {
  let tenthsShown = -1;
  for await (const progress of erasing.progress) {
    const text = progressText(progress);
    const tenths = Math.floor(percentOf(progress.bytesDone, progress.bytesTotal) / 10);
    screen.status(text);
    if (!screen.isTerminal && tenths > tenthsShown) screen.line(text);
    tenthsShown = tenths;
  }
  const result = await erasing.result;
  screen.status("");
  screen.line(jobText(result));
  return result;
}
