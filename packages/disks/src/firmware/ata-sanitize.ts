/**
 * ATA Sanitize (ACS-4, Sanitize Device feature set): the disk takes the command, goes on by itself also after a loss of power, and
 * SANITIZE STATUS EXT says how far it is and whether the last one completed without an error.
 */
import type { FirmwareEraseId } from "@trofie/contract";
import type { Executed } from "../machine/machine.ts";
import { askDisk, complaintOf, type AskedDisk } from "./ask-disk.ts";
import { identifyAta, type AtaIdentity } from "./ata-identify.ts";
import { passwordObstacle } from "./ata-password.ts";
import {
  capability,
  type Answer,
  type Capabilities,
  type FirmwareFamily,
  type FirmwareStatus,
} from "./firmware-family.ts";

export const ataSanitize: FirmwareFamily = { capabilities, issue, isBlocking: false, status };

const kinds = {
  "ata-sanitize-crypto": "crypto",
  "ata-sanitize-block": "block",
  "ata-sanitize-overwrite": "overwrite",
} as const;
const commands = Object.keys(kinds) as (keyof typeof kinds)[];

/** One pass of zeros: one pass of anything is enough (SP 800-88r1 appendix A). */
const options: Readonly<Partial<Record<FirmwareEraseId, readonly string[]>>> = {
  "ata-sanitize-crypto": ["--sanitize-crypto-scramble"],
  "ata-sanitize-block": ["--sanitize-block-erase"],
  "ata-sanitize-overwrite": ["--sanitize-overwrite-passes", "1", "--sanitize-overwrite", "hex:00000000"],
};

async function capabilities(disk: AskedDisk): Promise<Capabilities> {
  const identity = await identifyAta(disk);
  if (identity === null) return all("it does not answer IDENTIFY DEVICE as the planned disk");
  const { sanitize, security } = identity;
  if (sanitize === null) return all("it has no Sanitize");
  const obstacle = await obstacleOf(disk, identity);
  const each = commands.map((command) => [
    command,
    capability(sanitize[kinds[command]] ? obstacle : `its Sanitize has no ${words[kinds[command]]}`, {
      estimatedMs: kinds[command] === "overwrite" ? (security?.eraseMs ?? null) : null,
    }),
  ]);
  return Object.fromEntries(each) as Capabilities;
}

const words = { crypto: "crypto scramble", block: "block erase", overwrite: "overwrite" };

function all(obstacle: string): Capabilities {
  return Object.fromEntries(commands.map((command) => [command, capability(obstacle)]));
}

/** A disk with a password refuses Sanitize (ACS-4, Security command actions). */
async function obstacleOf(disk: AskedDisk, { security }: AtaIdentity): Promise<string | null> {
  const password = security === null ? null : passwordObstacle(security);
  if (password !== null) return password;
  const said = await askStatus(disk);
  if (/^ +State: +SD1\b/m.test(said.stdout)) return "its Sanitize is frozen (switch it off and on)";
  return parseStatus(said)?.state === "running" ? "it is in the middle of a sanitize" : null;
}

async function issue(disk: AskedDisk, command: FirmwareEraseId): Promise<Answer> {
  const option = options[command] ?? [];
  const said = await askDisk(disk, "hdparm", ["--yes-i-know-what-i-am-doing", ...option]);
  const complaint = complaintOf(said);
  const taken = complaint === "" && said.stdout.includes("Operation started in background\n");
  return { taken, words: complaint || "the disk has begun" };
}

async function status(disk: AskedDisk): Promise<FirmwareStatus | null> {
  return parseStatus(await askStatus(disk));
}

function askStatus(disk: AskedDisk): Promise<Executed> {
  return askDisk(disk, "hdparm", ["--sanitize-status"]);
}

/**
 * A disk whose sanitize failed aborts the question itself (state SD3). hdparm understands that only where the kernel
 * gives sense data with descriptors; where it does not, it prints them and a state that means nothing.
 */
export function parseStatus(said: Executed): FirmwareStatus | null {
  const { stdout, stderr } = said;
  if (/^Drive in SD3 |completed unsuccessfully$/m.test(stderr)) {
    return { state: "failed", words: "SD3 Sanitize Operation Failed" };
  }
  if (/^SG_IO: bad\/missing sense data, sb\[\]:  7[01] 00 0b /m.test(stderr)) {
    return { state: "failed", words: "the disk aborts SANITIZE STATUS EXT" };
  }
  const state = /^ +State: +(SD\d .+)$/m.exec(stdout)?.[1];
  if (complaintOf(said) !== "" || state === undefined) return null;
  if (state.startsWith("SD2 ")) return { state: "running", ...progressOf(stdout), words: state };
  if (/^ +Last Sanitize Operation Completed Without Error$/m.test(stdout)) {
    return { state: "succeeded", words: `${state}, Last Sanitize Operation Completed Without Error` };
  }
  return { state: "idle", words: state };
}

/** A numerator of 65536 parts. */
function progressOf(stdout: string): { fractionDone: number | null } {
  const hex = /^ +Progress: 0x([0-9a-f]{1,4}) /m.exec(stdout)?.[1];
  return { fractionDone: hex === undefined ? null : parseInt(hex, 16) / 65536 };
}
