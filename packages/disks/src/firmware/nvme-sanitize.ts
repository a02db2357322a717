/**
 * NVMe Sanitize (NVM Express Base 2.0, Sanitize): erases the whole subsystem, all namespaces of it, goes on by itself
 * through resets and losses of power, and keeps a log (page 81h) of how far it is and how the last one ended.
 */
import type { FirmwareEraseId } from "@trofie/contract";
import { askDisk, complaintOf, type AskedDisk } from "./ask-disk.ts";
import {
  capability,
  type Answer,
  type Capabilities,
  type FirmwareFamily,
  type FirmwareStatus,
} from "./firmware-family.ts";
import { asObject, askNvme, identifyController, isCount } from "./nvme-answers.ts";

export const nvmeSanitize: FirmwareFamily = { capabilities, issue, isBlocking: false, status };

interface Action {
  /** Of SANICAP. */
  readonly bit: number;
  /** SANACT; numbers, for every version of nvme-cli takes those. */
  readonly action: number;
  readonly words: string;
  /** Where the log has the time it takes, in seconds. */
  readonly time: string;
}

const actions: Readonly<Partial<Record<FirmwareEraseId, Action>>> = {
  "nvme-sanitize-crypto": { bit: 1, action: 4, words: "crypto erase", time: "time_crypto_erase" },
  "nvme-sanitize-block": { bit: 2, action: 2, words: "block erase", time: "time_block_erase" },
  "nvme-sanitize-overwrite": { bit: 4, action: 3, words: "overwrite", time: "time_over_write" },
};

async function capabilities(disk: AskedDisk): Promise<Capabilities> {
  const controller = await identifyController(disk);
  if (controller === null) return each(() => "it does not answer Identify Controller as the planned disk");
  if ((controller.sanicap & 7) === 0) return each(() => "it has no Sanitize");
  const log = parseSanitizeLog(await askNvme(disk, "sanitize-log"));
  if (log === null) return each(() => "it does not show its sanitize log");
  return each(
    ({ bit, words }) => {
      if ((controller.sanicap & bit) === 0) return `its Sanitize has no ${words}`;
      return log.code === running ? "it is in the middle of a sanitize" : null;
    },
    ({ time }) => log.timesMs[time] ?? null,
  );
}

function each(
  obstacleOf: (action: Action) => string | null,
  estimateOf: (action: Action) => number | null = () => null,
): Capabilities {
  const entries = Object.entries(actions).map(([command, action]) => [
    command,
    capability(obstacleOf(action), { estimatedMs: estimateOf(action), reachesOthers: true }),
  ]);
  return Object.fromEntries(entries) as Capabilities;
}

/**
 * In restricted mode (no AUSE): after a failure the disk gives no data away until a sanitize has succeeded. One pass of
 * zeros for an overwrite.
 */
async function issue(disk: AskedDisk, command: FirmwareEraseId): Promise<Answer> {
  const action = actions[command]?.action;
  const overwrite = action === 3 ? ["--owpass=1", "--ovrpat=0"] : [];
  const complaint = complaintOf(
    await askDisk(disk, "nvme", ["sanitize", `--sanact=${action}`, ...overwrite]),
  );
  return { taken: complaint === "", words: complaint || "the disk has begun" };
}

async function status(disk: AskedDisk, command: FirmwareEraseId): Promise<FirmwareStatus | null> {
  const log = parseSanitizeLog(await askNvme(disk, "sanitize-log"));
  return log === null ? null : statusOf(log, actions[command]?.action ?? 0);
}

export interface SanitizeLog {
  /** SSTAT bits 0–2: how the newest sanitize stands. */
  readonly code: number;
  readonly words: string;
  /** SPROG, a numerator of 65536 parts; 65535 when none is running. */
  readonly progress: number;
  /** SCDW10 bits 0–2: the action of the newest sanitize. */
  readonly action: number;
  readonly timesMs: Readonly<Record<string, number>>;
}

const running = 2;
/** 4: completed, and blocks are deallocated though they were not asked to be. */
const succeeded = new Set([1, 4]);
const failed = 3;

/** A log that tells of another action than ours is of a sanitize before ours, and says nothing of it. */
export function statusOf({ code, words, progress, action }: SanitizeLog, asked: number): FirmwareStatus {
  if (code === running) return { state: "running", fractionDone: progress / 65536, words };
  if (action !== asked) return { state: "idle", words: `${words}, by another action (${action})` };
  if (succeeded.has(code)) return { state: "succeeded", words };
  return { state: code === failed ? "failed" : "idle", words };
}

/**
 * nvme-cli puts the log under the name of the device, and SSTAT under "sstat" as an object; the words of the state are
 * under "status" in most versions and under themselves in some: "(2) Sanitize in Progress.".
 */
export function parseSanitizeLog(root: Readonly<Record<string, unknown>> | null): SanitizeLog | null {
  const log = [root, ...Object.values(root ?? {})]
    .map(asObject)
    .find((one) => one !== null && "sprog" in one);
  const sstat = asObject(log?.["sstat"]);
  if (log === undefined || log === null || sstat === null) return null;
  const [, code, words] =
    Object.values(sstat)
      .map((value) => /^\((\d)\) (.+)$/.exec(String(value)))
      .find((match) => match !== null) ?? [];
  const { sprog, cdw10_info: cdw10 } = log;
  if (!isCount(sprog) || !isCount(cdw10) || code === undefined || words === undefined) return null;
  const isErased = sstat["global_erased"] === 1;
  return {
    code: Number(code),
    words: `${words.replace(/\.$/, "")}${isErased ? ", Global Data Erased" : ""}`,
    progress: sprog,
    action: cdw10 & 7,
    timesMs: timesOf(log),
  };
}

/** FFFFFFFFh: the disk does not say. */
function timesOf(log: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  const times = Object.entries(log).filter(
    (entry): entry is [string, number] => isCount(entry[1]) && entry[1] !== 0xffffffff,
  );
  return Object.fromEntries(times.map(([name, seconds]) => [name, seconds * 1000]));
}
