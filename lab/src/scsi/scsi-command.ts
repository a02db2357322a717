/**
 * A SCSI command on its way to a disk, and how it ends, whatever carries it. "SPC" is SPC-5, "SBC" is SBC-4, "SAT" is
 * SAT-4.
 */

export interface ScsiCommand {
  /** The command descriptor block, 16 bytes. */
  readonly cdb: Buffer;
  /** How much the initiator has room for, or brings. */
  readonly transferBytes: number;
  /** Gets what the initiator brings. */
  readonly fetch: (lengthBytes: number) => Promise<Buffer>;
}

export type ScsiOutcome =
  | { readonly ended: "good"; readonly content?: Buffer }
  | { readonly ended: "check condition"; readonly sense: Buffer };

export const good: ScsiOutcome = { ended: "good" };

export function goodWith(content: Buffer): ScsiOutcome {
  return { ended: "good", content };
}

export function checkCondition(sense: Buffer): ScsiOutcome {
  return { ended: "check condition", sense };
}

/** SPC, SBC and SAT: operation codes. */
export const operation = {
  testUnitReady: 0x00,
  requestSense: 0x03,
  formatUnit: 0x04,
  inquiry: 0x12,
  modeSense6: 0x1a,
  startStopUnit: 0x1b,
  preventAllowRemoval: 0x1e,
  readCapacity10: 0x25,
  read10: 0x28,
  write10: 0x2a,
  verify10: 0x2f,
  synchronizeCache10: 0x35,
  sanitize: 0x48,
  modeSense10: 0x5a,
  ataPassThrough16: 0x85,
  read16: 0x88,
  write16: 0x8a,
  verify16: 0x8f,
  synchronizeCache16: 0x91,
  serviceActionIn16: 0x9e,
  reportLuns: 0xa0,
  ataPassThrough12: 0xa1,
} as const;

/** Sense key, additional sense code and its qualifier (SPC: sense data). */
export type SenseCode = readonly [key: number, code: number, qualifier: number];

export const senseCode = {
  nothing: [0x0, 0x00, 0x00],
  formatInProgress: [0x2, 0x04, 0x04],
  sanitizeInProgress: [0x2, 0x04, 0x1b],
  unrecoveredReadError: [0x3, 0x11, 0x00],
  writeError: [0x3, 0x0c, 0x00],
  formatFailed: [0x3, 0x31, 0x01],
  sanitizeFailed: [0x3, 0x31, 0x03],
  invalidOperation: [0x5, 0x20, 0x00],
  beyondTheEnd: [0x5, 0x21, 0x00],
  invalidField: [0x5, 0x24, 0x00],
  securityConflict: [0x7, 0x74, 0x71],
  aborted: [0xb, 0x00, 0x00],
} as const satisfies Record<string, SenseCode>;

export interface SenseDetails {
  /** The sector that could not be read or written. */
  readonly sector?: number;
  /** From 0 to 1, of a format or sanitize. */
  readonly progress?: number;
}

/** SPC: fixed format sense data, 18 bytes. */
export function fixedSense(
  [key, code, qualifier]: SenseCode,
  { sector, progress }: SenseDetails = {},
): Buffer {
  const sense = Buffer.alloc(18);
  sense[0] = 0x70;
  sense[2] = key;
  sense[7] = sense.length - 8;
  sense[12] = code;
  sense[13] = qualifier;
  if (sector !== undefined) {
    sense[0] |= 0x80;
    sense.writeUInt32BE(sector, 3);
  }
  if (progress !== undefined) {
    sense[15] = 0x80;
    sense.writeUInt16BE(Math.floor(progress * 65535), 16);
  }
  return sense;
}
