/** The program, with the options that each of its commands takes. */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { forScripts } from "./complaint.ts";
import { exitCodes } from "./exit-codes.ts";
import { programName } from "./program-name.ts";
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
    .addHelpText("after", exitCodeHelp)
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
