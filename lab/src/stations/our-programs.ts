import { existsSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../../..");

/**
 * Our programs as `npm run build` makes them. In the guest only these are run: to strip the types of a hundred files
 * takes it half a minute.
 */
export const stationProgram = join(repository, "packages/station/dist/main.js");
export const terminalProgram = join(repository, "packages/cli/dist/main.js");

/** Why they cannot be run; null when they can. */
export function whyNotBuilt(): string | null {
  const missing = [stationProgram, terminalProgram].find((path) => !existsSync(path));
  return missing === undefined ? null : `needs ${missing} (npm run build)`;
}
