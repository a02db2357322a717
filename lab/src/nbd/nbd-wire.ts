/**
 * The numbers and the outgoing messages of NBD, "fixed newstyle", simple replies.
 * https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md
 */

/** Options that a client may haggle with before the disk is in use. */
export const option = { exportName: 1, abort: 2, list: 3, info: 6, go: 7 } as const;

export const command = { read: 0, write: 1, disconnect: 2, flush: 3, trim: 4, writeZeroes: 6 } as const;

export const commandFlag = { forcedUnitAccess: 1 } as const;

/** The longest request: the kernel and QEMU never ask for more than 32 MiB at once. */
export const maxRequestBytes = 32 * 2 ** 20;

const optionReply = { ack: 1, server: 2, info: 3, unsupported: 0x8000_0001 } as const;
const optionReplyMagic = 0x3e889045565a9n;
const simpleReplyMagic = 0x67446698;
export const requestMagic = 0x25609513;

/** HAS_FLAGS, SEND_FLUSH, SEND_FUA, SEND_TRIM, SEND_WRITE_ZEROES, CAN_MULTI_CONN. */
const transmissionFlags = 1 | 4 | 8 | 32 | 64 | 256;

/** "NBDMAGIC", "IHAVEOPT", then FIXED_NEWSTYLE and NO_ZEROES. */
export function greeting(): Buffer {
  return Buffer.concat([Buffer.from("NBDMAGICIHAVEOPT"), uint16(1 | 2)]);
}

/** The old way to begin: size and flags without a frame, and 124 zeroes unless the client spared us them. */
export function exportNameReply(sizeBytes: number, zeroes: "wanted" | "spared"): Buffer {
  const reply = Buffer.alloc(zeroes === "wanted" ? 134 : 10);
  reply.writeBigUInt64BE(BigInt(sizeBytes), 0);
  reply.writeUInt16BE(transmissionFlags, 8);
  return reply;
}

export function optionAck(of: number): Buffer {
  return optionReplied(of, optionReply.ack);
}

export function optionUnsupported(of: number): Buffer {
  return optionReplied(of, optionReply.unsupported);
}

/** One disk, with the empty name. */
export function exportListed(of: number): Buffer {
  return optionReplied(of, optionReply.server, Buffer.alloc(4));
}

/** NBD_INFO_EXPORT: size and flags. */
export function exportInfo(of: number, sizeBytes: number): Buffer {
  const described = Buffer.alloc(12);
  described.writeBigUInt64BE(BigInt(sizeBytes), 2);
  described.writeUInt16BE(transmissionFlags, 10);
  return optionReplied(of, optionReply.info, described);
}

export function simpleReply(cookie: bigint, errorNumber: number): Buffer {
  const reply = Buffer.alloc(16);
  reply.writeUInt32BE(simpleReplyMagic, 0);
  reply.writeUInt32BE(errorNumber, 4);
  reply.writeBigUInt64BE(cookie, 8);
  return reply;
}

function optionReplied(of: number, type: number, content = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(20);
  head.writeBigUInt64BE(optionReplyMagic, 0);
  head.writeUInt32BE(of, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(content.length, 16);
  return Buffer.concat([head, content]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
