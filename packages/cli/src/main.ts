/** The terminal's program: reads the command line, and hands each command to its file. */
import { CommanderError } from "@commander-js/extra-typings";
import { complain, forScripts } from "./complaint.ts";
import { addDemo } from "./demo-command.ts";
import { addDevices } from "./devices-command.ts";
import { addErase } from "./erase-command.ts";
import { Exit, exitCodes } from "./exit-codes.ts";
import { addHealth } from "./health-command.ts";
import { addImage } from "./image-command.ts";
import { addImages } from "./images-command.ts";
import { addJob } from "./job-command.ts";
import { addJobs } from "./jobs-command.ts";
import { addMethods } from "./methods-command.ts";
import { addPage } from "./page-command.ts";
import { addPause } from "./pause-command.ts";
import { makeProgram } from "./program.ts";
import { addResume } from "./resume-command.ts";
import { addSpinDown } from "./spin-down-command.ts";
import { addStation } from "./station-command.ts";
import { addStop } from "./stop-command.ts";
import { addUnmount } from "./unmount-command.ts";
import { addVerify } from "./verify-command.ts";
import { addWatch } from "./watch-command.ts";

/** In the order of the help. */
const program = makeProgram([
  addDevices,
  addErase,
  addMethods,
  addVerify,
  addImage,
  addImages,
  addHealth,
  addSpinDown,
  addUnmount,
  addJobs,
  addJob,
  addWatch,
  addPause,
  addResume,
  addStop,
  addPage,
  addStation,
  addDemo,
]);

process.stdout.on("error", outputFailed);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = tell(error);
}

/** Says what went wrong and returns the exit code. */
function tell(error: unknown): number {
  if (error instanceof CommanderError) return tellUsage(error);
  if (error instanceof Error && error.name === "ExitPromptError") return exitCodes.stopped.number;
  if (!(error instanceof Exit)) throw error;
  complain("error", error);
  return exitCodes[error.exit].number;
}

/** People were told by commander itself. */
function tellUsage({ exitCode, code, message }: CommanderError): number {
  if (exitCode === 0) return exitCodes.done.number;
  const isMissing = code === "commander.help";
  if (forScripts)
    complain("error", { code: null, message: isMissing ? "error: there is no command" : message });
  return exitCodes.usage.number;
}

/**
 * Whoever read the output has gone: the program ends without a word, as others do by SIGPIPE, which Node.js keeps from
 * us. Whoever listens to that signal (a station of ours is running) ends in their own time.
 */
function outputFailed(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  if (!process.emit("SIGPIPE", "SIGPIPE")) process.exit(exitCodes.unread.number);
}
