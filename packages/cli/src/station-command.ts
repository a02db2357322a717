/** `trofie station`: the station's own program, as a child: what faces the network is another process than this one. */
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { AddCommand } from "./program.ts";
import { programName } from "./program-name.ts";

export const addStation: AddCommand = (parent, common) => {
  parent
    .command("station")
    .description(`run a station on this machine (${programName} station --help lists its options)`)
    .helpOption(false)
    .allowUnknownOption()
    .argument("[options...]")
    .action(async (args) => {
      process.exitCode = await runStation(common().json ? [...args, "--json"] : args);
    });
};

/** Runs the station in the foreground and ends with its exit code. */
async function runStation(args: readonly string[]): Promise<number> {
  const station = spawnStation(args, "inherit");
  passSignalsTo(station);
  return endOf(station);
}

/** The channel to it carries nothing: it closes when this program is gone, however it went, and then the station ends. */
export function spawnStation(args: readonly string[], stdout: "inherit" | "pipe"): ChildProcess {
  const program = fileURLToPath(import.meta.resolve("@trofie/station/main"));
  return spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ["ignore", stdout, "inherit", "ipc"],
  });
}

/** This program ends when the station has; a signal for us alone is passed on, and so is that nobody reads us any more. */
export function passSignalsTo(station: ChildProcess): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGPIPE"] as const)
    process.on(signal, () => station.kill("SIGTERM"));
}

/** The exit code, in a shell's terms: 128 + the signal's number. */
export function endOf(station: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    station.once("exit", (code, signal) => resolve(code ?? (signal === "SIGKILL" ? 137 : 143)));
  });
}
