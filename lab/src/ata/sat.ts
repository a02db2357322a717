/** ATA commands within SCSI commands, and ATA's registers within SCSI's sense (SAT: ATA PASS-THROUGH). */
import { operation } from "../scsi/scsi-command.ts";
import type { AtaCommand, AtaOutcome } from "./ata-command.ts";

export interface PassedThrough extends Omit<AtaCommand, "content"> {
  readonly direction: "to drive" | "from drive or none";
  /** CK_COND: the registers are wanted even when all went well. */
  readonly wantsRegisters: boolean;
}

export function passedThrough(cdb: Buffer): PassedThrough {
  const isShort = cdb[0] === operation.ataPassThrough12;
  const protocol = (cdb[1]! >> 1) & 0b1111;
  const flags = cdb[2]!;
  return {
    operation: isShort ? cdb[9]! : cdb[14]!,
    feature: isShort ? cdb[3]! : cdb.readUInt16BE(3),
    count: isShort ? cdb[4]! : cdb.readUInt16BE(5),
    address: isShort ? 0 : Buffer.from([cdb[7]!, cdb[12]!, cdb[10]!, cdb[8]!]).readUInt32BE(),
    direction: takesContent(protocol, flags) ? "to drive" : "from drive or none",
    wantsRegisters: (flags & 0x20) !== 0,
  };
}

/** PIO data out, or DMA with the direction bit off. */
function takesContent(protocol: number, flags: number): boolean {
  const pioOut = 5;
  const dma = 6;
  return protocol === pioOut || (protocol === dma && (flags & 0b1000) === 0);
}

/** Descriptor format: the ATA status return descriptor, with all the registers. */
export function ataReturnSense(outcome: AtaOutcome, passed: PassedThrough): Buffer {
  const isAborted = outcome.ended === "aborted";
  const count = (outcome.ended === "done" ? outcome.count : undefined) ?? passed.count;
  const address = outcome.address ?? 0;
  const sense = Buffer.alloc(22);
  sense[0] = 0x72;
  sense[1] = isAborted ? 0xb : 0x1;
  sense[3] = isAborted ? 0 : 0x1d; // ATA PASS-THROUGH INFORMATION AVAILABLE
  sense[7] = 14;
  sense[8] = 0x09;
  sense[9] = 12;
  sense[10] = 1; // EXTEND: the registers are of 48-bit commands
  sense[11] = isAborted ? 0x04 : 0; // ABRT
  sense.writeUInt16BE(count, 12);
  sense[15] = address & 0xff;
  sense[17] = (address >> 8) & 0xff;
  sense[19] = (address >> 16) & 0xff;
  sense[20] = 0x40;
  sense[21] = isAborted ? 0x51 : 0x50; // ready, and the error bit
  return sense;
}
