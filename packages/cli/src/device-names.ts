import { nameOf, type Device, type Job } from "@trofie/contract";

type Named = Pick<Device | Job, "path" | "identity">;

/**
 * How to call each of these on a terminal: a practice disk by its bare name, which every command takes, unless another
 * one here has that name too; anything else, and what a program reads, by its path.
 */
export function namesOf(devices: readonly Named[], isTerminal = process.stdout.isTTY): string[] {
  const isShared = (path: string): boolean =>
    devices.some((other) => other.path !== path && nameOf(other.path) === nameOf(path));
  return devices.map(({ path, identity }) =>
    isTerminal && identity.kind === "practice" && !isShared(path) ? nameOf(path) : path,
  );
}
