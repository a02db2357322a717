/** iSCSI's messages: RFC 7143, section 11. */

export const request = {
  nopOut: 0x00,
  scsiCommand: 0x01,
  taskManagement: 0x02,
  login: 0x03,
  text: 0x04,
  dataOut: 0x05,
  logout: 0x06,
} as const;

export const response = {
  nopIn: 0x20,
  scsi: 0x21,
  taskManagement: 0x22,
  login: 0x23,
  text: 0x24,
  dataIn: 0x25,
  logout: 0x26,
  readyToTransfer: 0x31,
} as const;

export const headerBytes = 48;
export const maxSegmentBytes = 262_144;
/** "Not a tag": what stands where no further message belongs to this one. */
export const noTag = 0xffff_ffff;
export const final = 0x80;
export const checkConditionStatus = 0x02;

/** The fields of a message that came in. */
export class Pdu {
  readonly header: Buffer;
  readonly content: Buffer;

  constructor(header: Buffer, content: Buffer) {
    this.header = Buffer.from(header);
    this.content = content;
  }

  get opcode(): number {
    return this.header[0]! & 0x3f;
  }

  get isImmediate(): boolean {
    return (this.header[0]! & 0x40) !== 0;
  }

  get flags(): number {
    return this.header[1]!;
  }

  get lun(): Buffer {
    return this.header.subarray(8, 16);
  }

  /** Of a login: the initiator's name for the session. */
  get initiatorSession(): Buffer {
    return this.header.subarray(8, 14);
  }

  get taskTag(): number {
    return this.header.readUInt32BE(16);
  }

  get transferTag(): number {
    return this.header.readUInt32BE(20);
  }

  /** Of a SCSI command: how many bytes the initiator expects to move. */
  get expectedBytes(): number {
    return this.header.readUInt32BE(20);
  }

  get commandNumber(): number {
    return this.header.readUInt32BE(24);
  }

  get bufferOffset(): number {
    return this.header.readUInt32BE(40);
  }

  get cdb(): Buffer {
    return this.header.subarray(32, 48);
  }

  /** Login and text: `key=value`, each ended by a zero byte. */
  get keys(): string[] {
    const pairs = this.content.toString("latin1").split("\0").filter(Boolean);
    return pairs.map((pair) => pair.split("=", 1)[0]!);
  }
}

export function keyValues(pairs: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(pairs).map(([key, value]) => `${key}=${value}\0`);
  return Buffer.from(lines.join(""), "latin1");
}

/** Segments are filled up to whole words. */
export function padding(lengthBytes: number): number {
  return (4 - (lengthBytes % 4)) % 4;
}
