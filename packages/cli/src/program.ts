/** The program, with the options that each of its commands takes. */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { forScripts } from "./complaint.ts";
import { exitCodes } from "./exit-codes.ts";
import { outboxFolder } from "./outbox-folder.ts";
import { programName } from "./program-name.ts";
import { stillWantedMs } from "./settle-earlier.ts";
import { stationAddress } from "./station-address.ts";
import { version } from "./version.ts";

/** What a command is told besides its own arguments. */
export interface Common {
  /** Of the station to talk to. */
  readonly address: string;
  readonly json: boolean;
}

/** Adds one command to the program, or to a group of commands. `common` may be asked when the command line was read. */
export type AddCommand = (parent: CommandUnknownOpts, common: () => Common) => void;

export function makeProgram(commands: readonly AddCommand[]): CommandUnknownOpts {
  const program = new Command(programName)
    .description("Erase, verify and image disks at a station, from anywhere, and see every byte read back.")
    .version(version)
    .option(
      "--station <address>",
      "unix:PATH or tcp:HOST:PORT (else TROFIE_STATION, else the default socket)",
    )
    .option("--json", "print JSON for scripts", false)
    .addHelpText("after", () => [exitCodeHelp(), earlierHelp()].join("\n"))
    .exitOverride()
    .configureOutput(forScripts ? { writeErr: () => {} } : {})
    .configureHelp({ showGlobalOptions: true });
  const common = (): Common => {
    const { station, json } = program.opts();
    return { address: stationAddress(station), json };
  };
  for (const add of commands) add(program, common);
  return program;
}

function exitCodeHelp(): string {
  const rows = Object.values(exitCodes).map(
    ({ number, meaning }) => `  ${String(number).padEnd(3)}  ${meaning}`,
  );
  return `\nExit codes:\n${rows.join("\n")}`;
}

function earlierHelp(): string {
  return `
What is asked of a station is kept in ${outboxFolder} until it is answered. If this program is killed
before that, the next one that talks to the same station settles it and says so: within ${stillWantedMs / 60_000} minutes it is sent
again, and carried out once. Later, or when you left with Ctrl-C, it is only asked after, and taken back if the
station has not had it. Where that folder cannot be written a warning says so, and what is asked is sent all the same.`;
}
