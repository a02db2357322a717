/**
 * Commands and answers, as NVM Express numbers them. "Base" is NVM Express Base Specification 2.0, "Fabrics" its
 * chapter on message-based transports.
 */

/** Base: opcodes for admin commands. */
export const admin = {
  getLogPage: 0x02,
  identify: 0x06,
  setFeatures: 0x09,
  getFeatures: 0x0a,
  asynchronousEvent: 0x0c,
  keepAlive: 0x18,
  format: 0x80,
  sanitize: 0x84,
} as const;

/** NVM Command Set: opcodes for I/O commands. */
export const io = {
  flush: 0x00,
  write: 0x01,
  read: 0x02,
  writeUncorrectable: 0x04,
  writeZeroes: 0x08,
  datasetManagement: 0x09,
} as const;

export const fabrics = { opcode: 0x7f, propertySet: 0x00, connect: 0x01, propertyGet: 0x04 } as const;

const doNotRetry = 0x4000;

/** Status code type and status code (Base: status code type values). With "do not retry", or the kernel tries again. */
export const status = {
  success: 0,
  invalidOpcode: 0x001 | doNotRetry,
  invalidField: 0x002 | doNotRetry,
  internalError: 0x006 | doNotRetry,
  sanitizeFailed: 0x01c | doNotRetry,
  sanitizeInProgress: 0x01d | doNotRetry,
  beyondTheEnd: 0x080 | doNotRetry,
  invalidFormat: 0x10a | doNotRetry,
  writeFault: 0x280 | doNotRetry,
  unrecoveredRead: 0x281 | doNotRetry,
} as const;

/** A submission queue entry: 64 bytes. */
export class NvmeCommand {
  readonly #entry: Buffer;

  constructor(entry: Buffer) {
    this.#entry = entry;
  }

  get opcode(): number {
    return this.#entry[0]!;
  }

  get id(): number {
    return this.#entry.readUInt16LE(2);
  }

  get fabricsType(): number {
    return this.#entry[4]!;
  }

  /** From the transport's data descriptor: how much the host has room for, or brings. */
  get dataBytes(): number {
    return this.#entry.readUInt32LE(32);
  }

  /** Command dword 10 to 15. */
  dword(number: 10 | 11 | 12 | 13 | 14 | 15): number {
    return this.#entry.readUInt32LE(number * 4);
  }

  /** Dwords 10 and 11 as one: the first sector of a read or write. */
  get firstSector(): number {
    return Number(this.#entry.readBigUInt64LE(40));
  }

  /** The field counts from zero. */
  get sectorCount(): number {
    return (this.dword(12) & 0xffff) + 1;
  }
}

/** How a command ended. */
export interface NvmeOutcome {
  readonly status: number;
  /** Dwords 0 and 1 of the completion. */
  readonly result?: bigint;
  /** For the host. Filled up with zeroes to what it has room for. */
  readonly content?: Buffer;
}

export const succeeded: NvmeOutcome = { status: status.success };
