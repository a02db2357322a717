/** What a controller says about itself: the pages of Identify and Get Log Page, field by field. */
import { admin, io } from "./nvme-command.ts";
import { textField } from "../drives/text-field.ts";
import type { SanitizeState } from "./nvme-sanitize.ts";

/** Formats that the namespace can have, by their number in Format NVM. */
export const sectorFormats = [512, 4096] as const;

/** What the drive can sanitize by (Base: Identify Controller, SANICAP). */
const sanitizeCapabilities = { cryptoErase: 1, blockErase: 2, overwrite: 4 } as const;
const everySanitize =
  sanitizeCapabilities.cryptoErase | sanitizeCapabilities.blockErase | sanitizeCapabilities.overwrite;

/** Base: Identify Controller data structure. */
export function identifyController(drive: { serial: string; model: string; qualifiedName: string }): Buffer {
  const page = Buffer.alloc(4096);
  page.writeUInt16LE(0x1b36, 0); // VID: as QEMU's drives
  textField(drive.serial, 20).copy(page, 4);
  textField(drive.model, 40).copy(page, 24);
  textField("1.0", 8).copy(page, 64);
  page[77] = 5; // MDTS: 2^5 pages of 4 KiB at once
  page.writeUInt16LE(controllerId, 78);
  page.writeUInt32LE(0x1_0400, 80); // VER 1.4
  page[111] = 1; // CNTRLTYPE: I/O
  page.writeUInt16LE(0b10, 256); // OACS: Format NVM
  page[258] = 3; // ACL
  page[259] = 3; // AERL
  page[261] = 0b100; // LPA: extended data for Get Log Page
  page.writeUInt16LE(100, 320); // KAS, in 100 ms
  page.writeUInt32LE(everySanitize, 328);
  page[512] = 0x66; // SQES: 64 bytes
  page[513] = 0x44; // CQES: 16 bytes
  page.writeUInt16LE(queueEntries, 514); // MAXCMD
  page.writeUInt32LE(1, 516); // NN
  page.writeUInt16LE(0b1110, 520); // ONCS: Write Uncorrectable, Dataset Management, Write Zeroes
  page[525] = 1; // VWC: there is a write cache
  page.writeUInt32LE(1 | (1 << 20), 536); // SGLS: data may be in the capsule
  page.write(drive.qualifiedName, 768, "latin1");
  page.writeUInt32LE((64 + inCapsuleBytes) / 16, 1792); // IOCCSZ
  page.writeUInt32LE(1, 1796); // IORCSZ: 16 bytes
  page[1803] = 1; // MSDBD
  return page;
}

export const controllerId = 1;
export const queueEntries = 128;
export const inCapsuleBytes = 8192;

/** NVM Command Set: Identify Namespace data structure. */
export function identifyNamespace(sizeBytes: number, sectorBytes: number, serial: string): Buffer {
  const page = Buffer.alloc(4096);
  const sectors = BigInt(sizeBytes / sectorBytes);
  for (const offset of [0, 8, 16]) page.writeBigUInt64LE(sectors, offset); // NSZE, NCAP, NUSE
  page[25] = sectorFormats.length - 1; // NLBAF, from zero
  page[26] = sectorFormats.indexOf(sectorBytes as 512 | 4096); // FLBAS
  page[33] = 1; // DLFEAT: zeroes are read after deallocation
  uniqueId(serial).copy(page, 104);
  for (const [format, bytes] of sectorFormats.entries()) page[128 + format * 4 + 2] = Math.log2(bytes);
  return page;
}

export function activeNamespaces(): Buffer {
  const page = Buffer.alloc(4096);
  page.writeUInt32LE(1, 0);
  return page;
}

/** One descriptor: type NGUID, 16 bytes. */
export function namespaceDescriptors(serial: string): Buffer {
  const page = Buffer.alloc(4096);
  page[0] = 2;
  page[1] = 16;
  uniqueId(serial).copy(page, 4);
  return page;
}

/** Base: SMART / Health Information log page. Here 37 degrees, nothing worn. */
export function healthLog(): Buffer {
  const page = Buffer.alloc(512);
  page.writeUInt16LE(310, 1); // kelvin
  page[3] = 100; // available spare, percent
  page[4] = 10; // its threshold
  return page;
}

/** Base: Sanitize Status log page. The estimates of duration say: not reported. */
export function sanitizeLog({ progress, status, globalDataErased, askedWith }: SanitizeState): Buffer {
  const page = Buffer.alloc(512);
  page.writeUInt16LE(progress, 0);
  page.writeUInt16LE(status | (globalDataErased ? 0x100 : 0), 2);
  page.writeUInt32LE(askedWith, 4);
  for (let estimate = 8; estimate < 32; estimate += 4) page.writeUInt32LE(0xffff_ffff, estimate);
  return page;
}

/** Base: Commands Supported and Effects log page. Each command is supported, nothing more. */
export function supportedCommandsLog(): Buffer {
  const page = Buffer.alloc(4096);
  for (const opcode of Object.values(admin)) page.writeUInt32LE(1, opcode * 4);
  for (const opcode of Object.values(io)) page.writeUInt32LE(1, 1024 + opcode * 4);
  return page;
}

function uniqueId(serial: string): Buffer {
  return Buffer.from(serial.padEnd(16, "\0"), "latin1").subarray(0, 16);
}
