/** What an ATA disk says of itself (ACS-4, IDENTIFY DEVICE), in the words of `hdparm -I`. */
import { askDisk, type AskedDisk } from "./ask-disk.ts";

export interface AtaIdentity {
  readonly model: string;
  readonly serial: string;
  /** Word 59; null where the disk has no Sanitize. */
  readonly sanitize: Readonly<Record<"crypto" | "block" | "overwrite", boolean>> | null;
  /** Words 128, 89 and 90; null where the disk has no Security. */
  readonly security: AtaSecurity | null;
}

export interface AtaSecurity {
  /** A password is set. */
  readonly enabled: boolean;
  readonly locked: boolean;
  readonly frozen: boolean;
  /** Too many wrong passwords since it was switched on. */
  readonly expired: boolean;
  readonly enhanced: boolean;
  readonly eraseMs: number | null;
  readonly enhancedEraseMs: number | null;
}

/**
 * Null when it does not answer, or answers as another disk. The exit code is 0 and a table is printed even of a disk
 * that knows no ATA: only a model and a serial number in it are an answer.
 */
export async function identifyAta(disk: AskedDisk, limitMs?: number): Promise<AtaIdentity | null> {
  const { exitCode, stdout } = await askDisk(disk, "hdparm", ["-I"], limitMs);
  const identity = exitCode === 0 ? parseIdentify(stdout) : null;
  return identity === null || (disk.serial !== null && identity.serial !== disk.serial) ? null : identity;
}

export function parseIdentify(text: string): AtaIdentity | null {
  const model = /^\tModel Number: +(\S.*?) *$/m.exec(text)?.[1];
  const serial = /^\tSerial Number: +(\S.*?) *$/m.exec(text)?.[1];
  if (model === undefined || serial === undefined) return null;
  return { model, serial, sanitize: parseSanitize(text), security: parseSecurity(text) };
}

/** A star in the column of what is enabled stands before each command that there is. */
function parseSanitize(text: string): AtaIdentity["sanitize"] {
  const has = (feature: string) => text.includes(`\t   *\t${feature}\n`);
  if (!has("SANITIZE feature set")) return null;
  return {
    crypto: has("CRYPTO_SCRAMBLE_EXT command"),
    block: has("BLOCK_ERASE_EXT command"),
    overwrite: has("OVERWRITE_EXT command"),
  };
}

/** Each bit is a line, with "not" before it where it is 0. A part without all its lines is no answer. */
function parseSecurity(text: string): AtaSecurity | null {
  const part = /^Security: *\n((?:\t.*\n?)*)/m.exec(text)?.[1] ?? "";
  const bit = (name: string): boolean | null => {
    const line = new RegExp(`^\\t(not|\\(\\?\\))?\\t+${name}$`, "m").exec(part);
    return line === null ? null : line[1] === undefined;
  };
  const enabled = bit("enabled");
  const locked = bit("locked");
  const frozen = bit("frozen");
  const expired = bit("expired: security count");
  if (bit("supported") !== true || enabled === null || locked === null) return null;
  if (frozen === null || expired === null) return null;
  return {
    enabled,
    locked,
    frozen,
    expired,
    enhanced: bit("supported: enhanced erase") === true,
    eraseMs: minutes(/(\d+)min for SECURITY ERASE UNIT/.exec(part)),
    enhancedEraseMs: minutes(/(\d+)min for ENHANCED SECURITY ERASE UNIT/.exec(part)),
  };
}

/** "more than 508min" is taken for 508. */
function minutes(match: RegExpExecArray | null): number | null {
  return match === null ? null : Number(match[1]) * 60_000;
}
