import { existsSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../../..");

/** Our programs as `npm run build` makes them. */
export const stationProgram = join(repository, "packages/station/dist/main.js");
export const terminalProgram = join(repository, "packages/cli/dist/main.js");
/** The station once more, bundled for the guest; in the lab's own folder, from where it finds the programs of its jobs. */
export const guestStationProgram = join(repository, "lab/dist/station.mjs");

/** Why they cannot be run; null when they can. */
export function whyNotBuilt(): string | null {
  const missing = [stationProgram, terminalProgram].find((path) => !existsSync(path));
  return missing === undefined ? null : `needs ${missing} (npm run build)`;
}
