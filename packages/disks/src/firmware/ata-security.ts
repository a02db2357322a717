/**
 * ATA Security Erase (ACS-4, Security feature set): a password is set, the erase is given with it and blocks for
 * minutes or hours, and a disk that has done it has no password any more. Power that is cut meanwhile leaves it locked.
 *
 * `hdparm` ends with 0 on a disk that refused: what counts is that it complains of nothing, and what IDENTIFY says after.
 */
import type { FirmwareEraseId } from "@trofie/contract";
import { askDisk, complaintOf, type AskedDisk } from "./ask-disk.ts";
import { identifyAta, type AtaSecurity } from "./ata-identify.ts";
import { ourPassword, passwordObstacle } from "./ata-password.ts";
import {
  capability,
  type Answer,
  type Capabilities,
  type FirmwareFamily,
  type FirmwareStatus,
} from "./firmware-family.ts";

/** The slowest disks take two days; hdparm itself gives the disk the time it asked for, or half an hour more than its size needs. */
const eraseLimitMs = 7 * 24 * 3_600_000;

/** Behind an erase that a process before us gave, IDENTIFY waits until that is over. */
const statusLimitMs = eraseLimitMs;

export const ataSecurity: FirmwareFamily = {
  capabilities,
  prepare: setPassword,
  issue,
  isBlocking: true,
  status,
  tidyUp: takePasswordAway,
};

async function capabilities(disk: AskedDisk): Promise<Capabilities> {
  const identity = await identifyAta(disk);
  if (identity === null) return both("it does not answer IDENTIFY DEVICE as the planned disk");
  const { security } = identity;
  if (security === null) return both("it has no ATA Security Erase");
  const obstacle = obstacleOf(security);
  const warnings = [
    `A password is set for it ("${ourPassword}"), and is gone when it is done; power that is cut meanwhile leaves the disk locked with it`,
  ];
  return {
    "ata-security-erase": capability(obstacle, { estimatedMs: security.eraseMs, warnings }),
    "ata-security-erase-enhanced": capability(
      security.enhanced ? obstacle : "it has no enhanced Security Erase",
      { estimatedMs: security.enhancedEraseMs, warnings },
    ),
  };
}

function both(obstacle: string): Capabilities {
  return {
    "ata-security-erase": capability(obstacle),
    "ata-security-erase-enhanced": capability(obstacle),
  };
}

function obstacleOf(security: AtaSecurity): string | null {
  const password = passwordObstacle(security);
  if (password !== null) return password;
  if (security.frozen) return "its Security is frozen (suspend the machine once, then it is not)";
  return security.expired ? "it has had too many wrong passwords (switch it off and on)" : null;
}

async function setPassword(disk: AskedDisk): Promise<Answer> {
  const complaint = await hdparmSecurity(disk, "--security-set-pass");
  const after = (await identifyAta(disk))?.security;
  if (complaint === "" && after?.enabled === true) return { taken: true, words: "the password is set" };
  return { taken: false, words: `the disk took no password: ${complaint || "none is set afterwards"}` };
}

async function issue(disk: AskedDisk, command: FirmwareEraseId): Promise<Answer> {
  const option = command === "ata-security-erase-enhanced" ? "--security-erase-enhanced" : "--security-erase";
  const complaint = await hdparmSecurity(disk, option, eraseLimitMs);
  return { taken: complaint === "", words: complaint || "SECURITY ERASE UNIT ended without an error" };
}

/** A password that is still there after an erase that came back, or that nobody waits for any more, is a failure. */
async function status(
  disk: AskedDisk,
  _command: FirmwareEraseId,
  wasTaken: boolean,
): Promise<FirmwareStatus | null> {
  const found = (await identifyAta(disk, statusLimitMs))?.security;
  if (found === undefined || found === null) return null;
  if (found.enabled) {
    return {
      state: "failed",
      words: `Security is still enabled${found.locked ? ", and the disk locked" : ""}`,
    };
  }
  if (!wasTaken) return { state: "idle", words: "Security is not enabled" };
  return { state: "succeeded", words: "Security is not enabled after SECURITY ERASE UNIT" };
}

async function takePasswordAway(disk: AskedDisk): Promise<string> {
  const before = (await identifyAta(disk))?.security;
  if (before?.enabled === false) return "no password is set";
  const complaint = await hdparmSecurity(disk, "--security-disable");
  const after = (await identifyAta(disk))?.security;
  if (complaint === "" && after?.enabled === false) return "the password was taken away again";
  const why = before?.frozen ? "its Security is frozen; suspend the machine once" : complaint;
  return `its password could not be taken away (${why}); by hand: hdparm --user-master u --security-disable ${ourPassword} ${disk.path}`;
}

/** What hdparm complained of, "" when of nothing. */
async function hdparmSecurity(disk: AskedDisk, option: string, limitMs?: number): Promise<string> {
  return complaintOf(await askDisk(disk, "hdparm", ["--user-master", "u", option, ourPassword], limitMs));
}
