/**
 * SCSI SANITIZE (SBC-4): started with IMMED, goes on by itself also after a loss of power. While it
 * runs the disk is NOT READY, 04h/1Bh, with its progress; after a failure every command but a few ends with MEDIUM ERROR,
 * 31h/03h. There is no log of a success: a disk that took the command and is ready again has done it.
 */
import type { FirmwareEraseId } from "@trofie/contract";
import type { Executed } from "../machine/machine.ts";
import { askDisk, complaintOf, type AskedDisk } from "./ask-disk.ts";
import {
  capability,
  type Answer,
  type Capabilities,
  type Capability,
  type FirmwareFamily,
  type FirmwareStatus,
} from "./firmware-family.ts";

export const scsiSanitize: FirmwareFamily = { capabilities, issue, isBlocking: false, status };

interface Action {
  readonly serviceAction: number;
  readonly options: readonly string[];
  readonly words: string;
}

const actions: Readonly<Partial<Record<FirmwareEraseId, Action>>> = {
  "scsi-sanitize-crypto": { serviceAction: 3, options: ["--crypto"], words: "cryptographic erase" },
  "scsi-sanitize-block": { serviceAction: 2, options: ["--block"], words: "block erase" },
  "scsi-sanitize-overwrite": { serviceAction: 1, options: ["--overwrite", "--zero"], words: "overwrite" },
};

async function capabilities(disk: AskedDisk): Promise<Capabilities> {
  const found = await readSense(disk);
  const entries = Object.entries(actions).map(async ([command, action]) => [
    command,
    await capabilityOf(disk, action, found),
  ]);
  return Object.fromEntries(await Promise.all(entries)) as Capabilities;
}

async function capabilityOf(
  disk: AskedDisk,
  { serviceAction, words }: Action,
  found: FirmwareStatus | null,
): Promise<Capability> {
  if (found === null) return capability("it does not answer TEST UNIT READY");
  if (found.state === "running") return capability("it is in the middle of a sanitize");
  const said = await askDisk(disk, "sg_opcodes", ["--no-inquiry", `--opcode=0x48,${serviceAction}`]);
  const support = parseSupport(said);
  if (support === "no") return capability(`it has no SANITIZE by ${words}`);
  if (support === "yes") return capability(null);
  return capability(null, { warnings: [doesNotTell] });
}

/** Older disks lack REPORT SUPPORTED OPERATION CODES; what they have, only trying shows. */
export const doesNotTell =
  "It does not tell which commands it has: if it refuses this one, the job fails and the disk is as before";

export function parseSupport({ exitCode, stdout }: Executed): "yes" | "no" | "unknown" {
  const said = /^ {2}Command is (.+)$/m.exec(stdout)?.[1];
  if (exitCode !== 0 || said === undefined) return "unknown";
  if (said.startsWith("supported [")) return "yes";
  return said === "NOT supported" ? "no" : "unknown";
}

async function issue(disk: AskedDisk, command: FirmwareEraseId): Promise<Answer> {
  const options = actions[command]?.options ?? [];
  const complaint = complaintOf(await askDisk(disk, "sg_sanitize", [...options, "--early", "--quick"]));
  return { taken: complaint === "", words: complaint || "the disk has begun" };
}

async function status(
  disk: AskedDisk,
  _command: FirmwareEraseId,
  wasTaken: boolean,
): Promise<FirmwareStatus | null> {
  const found = await readSense(disk);
  if (found?.state !== "idle" || !wasTaken) return found;
  return { state: "succeeded", words: "the disk took SANITIZE, and is ready without an error" };
}

/** REQUEST SENSE has the progress, but after a failure some disks say nothing there: TEST UNIT READY does. */
async function readSense(disk: AskedDisk): Promise<FirmwareStatus | null> {
  const requested = parseSense((await askDisk(disk, "sg_requests", [])).stderr);
  if (requested !== null && requested.state !== "idle") return requested;
  const tested = await testReady(disk);
  if (tested.exitCode === 0) return { state: "idle", words: "the disk is ready" };
  return parseSense(tested.stderr);
}

/** The first answer after a reset is only that there was one. */
async function testReady(disk: AskedDisk): Promise<Executed> {
  const tested = await askDisk(disk, "sg_turs", ["--verbose"]);
  if (!/Sense key: Unit Attention$/m.test(tested.stderr)) return tested;
  return askDisk(disk, "sg_turs", ["--verbose"]);
}

/** The last sense data in what an sg3 tool printed; null where it knows of no sanitize and is not "No Sense" either. */
export function parseSense(stderr: string): FirmwareStatus | null {
  const key = [...stderr.matchAll(/Sense key: (.+)$/gm)].at(-1)?.[1];
  const additional = [...stderr.matchAll(/^Additional sense: (.+)$/gm)].at(-1)?.[1] ?? "";
  const words = `${key}, ${additional}`;
  if (key === undefined) return null;
  if (/sanitize in progress/i.test(additional)) {
    return { state: "running", fractionDone: progressOf(stderr), words };
  }
  if (/sanitize command failed/i.test(additional)) return { state: "failed", words };
  return key === "No Sense" ? { state: "idle", words } : null;
}

function progressOf(text: string): number | null {
  const percent = [...text.matchAll(/Progress indication: ([\d.]+)%/g)].at(-1)?.[1];
  return percent === undefined ? null : Number(percent) / 100;
}
