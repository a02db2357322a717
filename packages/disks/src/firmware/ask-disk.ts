/**
 * Asks a disk through the trade's tools. They go by its path, which is safe for as long as we hold the disk open: the
 * kernel gives a name to another disk only when the last who had it open is gone. None of them minds our exclusive
 * claim, for they open without O_EXCL; only `nvme format` has to be told so (`--force`).
 */
import { Refusal } from "@trofie/commands/errors";
import type { Executed, Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";

export interface AskedDisk {
  readonly machine: Machine;
  readonly path: string;
  /** As in its identity; what a tool says of a disk with another serial is not believed. */
  readonly serial: string | null;
}

/** A question that is not answered by then is taken for one that cannot be. */
const questionLimitMs = 60_000;

/** Runs a tool on the disk, whose path comes last. Throws a `Refusal` TOOL_MISSING where it is not installed. */
export async function askDisk(
  { machine, path }: AskedDisk,
  program: string,
  args: readonly string[],
  limitMs = questionLimitMs,
): Promise<Executed> {
  const said = await machine.execute(program, [...args, path], { limitMs });
  if (said !== null) return said;
  throw new Refusal(
    "TOOL_MISSING",
    `Cannot erase ${path}: ${program} is not installed (${packages[program]})`,
  );
}

const packages: Readonly<Record<string, string>> = {
  hdparm: "Debian's package hdparm",
  nvme: "Debian's package nvme-cli",
  sg_opcodes: "Debian's package sg3-utils",
  sg_sanitize: "Debian's package sg3-utils",
  sg_requests: "Debian's package sg3-utils",
  sg_turs: "Debian's package sg3-utils",
};

/** What a tool complained of, in one line; "" when it did not. */
export function complaintOf({ exitCode, stderr }: Executed): string {
  const lines = stderr.split("\n").flatMap((line) => printable(line) ?? []);
  if (lines.length > 0) return lines.slice(0, 3).join("; ").slice(0, 400);
  if (exitCode === null) return "it was not done in time";
  return exitCode === 0 ? "" : `it ended with ${exitCode}`;
}

/** The name of the disk in sysfs: "sdb", "nvme0n1". */
export function sysfsName(path: string): string {
  return path.replace(/^\/dev\//, "").replaceAll("/", "!");
}
