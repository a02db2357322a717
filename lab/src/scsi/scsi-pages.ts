/** What a SCSI disk says about itself, field by field (SPC: INQUIRY, vital product data, REPORT LUNS; SBC: READ CAPACITY). */
import { textField } from "../drives/text-field.ts";

export const vitalPage = {
  supported: 0x00,
  serial: 0x80,
  identity: 0x83,
  ataInformation: 0x89,
  limits: 0xb0,
  characteristics: 0xb1,
} as const;

export function standardInquiry(vendor: string, model: string): Buffer {
  const page = Buffer.alloc(96);
  page[2] = 5; // version: SPC-3
  page[3] = 2; // response data format
  page[4] = page.length - 5;
  textField(vendor, 8).copy(page, 8);
  textField(model, 16).copy(page, 16);
  textField("1.0", 4).copy(page, 32);
  return page;
}

export function supportedVitalPages(pages: readonly number[]): Buffer {
  return vital(vitalPage.supported, Buffer.from(pages));
}

export function serialPage(serial: string): Buffer {
  return vital(vitalPage.serial, textField(serial, 20));
}

/** One name: NAA, binary, of the logical unit. */
export function identityPage(worldWideName: bigint): Buffer {
  const name = Buffer.alloc(12);
  name.set([1, 3, 0, 8]);
  name.writeBigUInt64BE(worldWideName, 4);
  return vital(vitalPage.identity, name);
}

export function characteristicsPage(rotationRpm: number): Buffer {
  const content = Buffer.alloc(60);
  content.writeUInt16BE(rotationRpm, 0);
  return vital(vitalPage.characteristics, content);
}

/** SAT: ATA Information page. It says that this is an ATA disk behind a translation, and its IDENTIFY DEVICE. */
export function ataInformationPage(identify: Buffer): Buffer {
  const content = Buffer.alloc(568);
  textField("TROFIE", 8).copy(content, 4);
  textField("lab translation", 16).copy(content, 12);
  textField("1", 4).copy(content, 28);
  content[32] = 0x34; // transport: SATA
  content[52] = 0xec; // what follows is IDENTIFY DEVICE
  identify.copy(content, 56);
  return vital(vitalPage.ataInformation, content);
}

/** Zeroes: nothing to say. */
export function emptyVitalPage(page: number): Buffer {
  return vital(page, Buffer.alloc(page === vitalPage.limits ? 60 : 0));
}

/** Number 0, and no other. */
export function oneLun(): Buffer {
  const list = Buffer.alloc(16);
  list.writeUInt32BE(8, 0);
  return list;
}

export function capacity10(sectorCount: number, sectorBytes: number): Buffer {
  const capacity = Buffer.alloc(8);
  capacity.writeUInt32BE(sectorCount - 1, 0);
  capacity.writeUInt32BE(sectorBytes, 4);
  return capacity;
}

export function capacity16(sectorCount: number, sectorBytes: number): Buffer {
  const capacity = Buffer.alloc(32);
  capacity.writeBigUInt64BE(BigInt(sectorCount - 1), 0);
  capacity.writeUInt32BE(sectorBytes, 8);
  return capacity;
}

/** The caching page: a write cache, and it is on. */
const cachingPage = Buffer.from([0x08, 18, 0b100, ...Array<number>(17).fill(0)]);

export function modeSense6(): Buffer {
  return Buffer.concat([Buffer.from([3 + cachingPage.length, 0, 0, 0]), cachingPage]);
}

export function modeSense10(): Buffer {
  return Buffer.concat([Buffer.from([0, 6 + cachingPage.length, 0, 0, 0, 0, 0, 0]), cachingPage]);
}

function vital(page: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, page, content.length >> 8, content.length & 0xff]), content]);
}
