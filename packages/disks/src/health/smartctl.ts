/** Asks smartctl(8) for all that it knows of a disk. */
import type { Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";
import { driveOf, type Drive } from "./drive.ts";
import type { Smartctl } from "./smartctl-json.ts";

/** A dying disk takes its time to answer, and smartctl asks it a few dozen questions. */
const smartctlLimitMs = 90_000;

export type Answer =
  | { readonly drive: Drive }
  /** Why there is none, to follow "it gives no health data". */
  | { readonly drive: null; readonly words: string | null };

/** Null when smartctl is not installed. */
export async function askSmartctl(
  machine: Machine,
  path: string,
  signal: AbortSignal,
): Promise<Answer | null> {
  const first = await ask(machine, path, [], signal);
  if (first === null || !needsType(first)) return first === null ? null : answerOf(first);
  const second = await ask(machine, path, ["--device=sat"], signal);
  return answerOf(second ?? first);
}

async function ask(
  machine: Machine,
  path: string,
  type: readonly string[],
  signal: AbortSignal,
): Promise<Smartctl | null> {
  const args = ["--json", "--xall", ...type, path];
  const said = await machine.execute("smartctl", args, { limitMs: smartctlLimitMs, signal });
  if (said === null) return null;
  if (said.exitCode === null)
    return wordsOnly(`smartctl did not end within ${smartctlLimitMs / 1000} seconds`);
  try {
    const parsed: Smartctl | null = JSON.parse(said.stdout);
    if (typeof parsed === "object" && parsed !== null) return parsed;
  } catch {
    // An old smartctl without JSON, or one that was cut off.
  }
  return wordsOnly("smartctl gave no JSON");
}

function wordsOnly(words: string): Smartctl {
  return { smartctl: { exit_status: 1, messages: [{ string: words }] } };
}

/** A USB bridge that smartctl does not know; most of them pass ATA commands on as SAT does. */
function needsType({ smartctl }: Smartctl): boolean {
  const words = (smartctl?.messages ?? []).map(({ string }) => string ?? "");
  return words.some((text) => /Unknown USB bridge|device type with the -d option/i.test(text));
}

function answerOf(said: Smartctl): Answer {
  const words = (said.smartctl?.messages ?? []).map(({ string }) => printable(string ?? null));
  if (said.smart_support?.available === true && said.smart_support.enabled === false) {
    return { drive: null, words: "SMART is switched off on it (smartctl --smart=on switches it on)" };
  }
  if (said.smart_support?.available === false || !hasData(said)) {
    return { drive: null, words: words.find((text) => text !== null) ?? null };
  }
  return { drive: driveOf(said) };
}

/** More than a bare "passed", which USB bridges give for disks that they know nothing of. */
function hasData(said: Smartctl): boolean {
  return (
    (said.ata_smart_attributes?.table ?? []).length > 0 ||
    said.nvme_smart_health_information_log !== undefined ||
    said.scsi_grown_defect_list !== undefined ||
    said.scsi_error_counter_log !== undefined ||
    (said.smart_status?.passed !== undefined && said.device?.protocol !== "SCSI")
  );
}
