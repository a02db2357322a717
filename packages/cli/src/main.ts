/** The terminal's program: reads the command line and hands each command to its file. */
import { Command, CommanderError } from "@commander-js/extra-typings";
import { eraseMethods } from "@trofie/contract";
import { complain, forScripts } from "./complaint.ts";
import { runDemo } from "./demo-command.ts";
import { showDevices } from "./devices-command.ts";
import { erase } from "./erase-command.ts";
import { Exit, exitCodes } from "./exit-codes.ts";
import { showJobs } from "./jobs-command.ts";
import { showPageLink } from "./page-command.ts";
import { programName } from "./program-name.ts";
import { stationAddress } from "./station-address.ts";
import { runStation } from "./station-command.ts";
import { stopJob } from "./stop-command.ts";
import { version } from "./version.ts";
import { watch } from "./watch-command.ts";

const program = new Command(programName)
  .description("Erase disks at a station, from anywhere, and see every byte read back.")
  .version(version)
  .option("--station <address>", "unix:PATH or tcp:HOST:PORT (else TROFIE_STATION, else the default socket)")
  .option("--json", "print JSON for scripts", false)
  .addHelpText("after", exitCodeHelp)
  .exitOverride()
  .configureOutput(forScripts ? { writeErr: () => {} } : {})
  .configureHelp({ showGlobalOptions: true });

/** The options that every command takes, before or after its name. */
const where = (): string => stationAddress(program.opts().station);
const json = (): { json: boolean } => ({ json: program.opts().json });

program
  .command("devices")
  .description("list the station's devices: what they are, who uses them, what they hold")
  .action(() => showDevices(where(), json()));

program
  .command("erase")
  .description("erase a device: shows the plan, asks for confirmation, starts the job")
  .argument("<device>", "a path such as /dev/sdb, a link to it, or a bare name")
  .requiredOption("--method <id>", `the erase method: ${Object.keys(eraseMethods).join(", ")}`)
  .option("--confirm <word>", "the word to type, for scripts: last four of the serial, or the device's name")
  .option("--wait", "follow the job to its end", false)
  .action(async (device, options) => {
    process.exitCode = exitCodes[await erase(where(), device, { ...options, ...json() })].number;
  });

program
  .command("jobs")
  .description("list the newest jobs and how they stand")
  .action(() => showJobs(where(), json()));

program
  .command("watch")
  .description("show everything that happens at the station, until Ctrl-C")
  .action(() => watch(where(), json()));

program
  .command("stop")
  .description("stop a job")
  .argument("<job>")
  .action((job) => stopJob(where(), job, json()));

program
  .command("page")
  .description("print a link that opens the station's page, once")
  .action(() => showPageLink(where(), json()));

program
  .command("station")
  .description(`run a station on this machine (${programName} station --help lists its options)`)
  .helpOption(false)
  .allowUnknownOption()
  .argument("[options...]")
  .action(async (args) => {
    process.exitCode = await runStation(program.opts().json ? [...args, "--json"] : args);
  });

program
  .command("demo")
  .description("run a station with practice disks and erase one of them")
  .action(() => runDemo(json()));

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

function exitCodeHelp(): string {
  const rows = Object.values(exitCodes).map(({ number, meaning }) => `  ${number}  ${meaning}`);
  return `\nExit codes:\n${rows.join("\n")}`;
}
