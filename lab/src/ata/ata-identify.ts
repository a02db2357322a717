import { textField } from "../drives/text-field.ts";
import type { AtaSecurity } from "./ata-security.ts";

/** IDENTIFY DEVICE (ACS): 256 words that say what the drive is and can. */
export function identifyDevice(drive: {
  serial: string;
  model: string;
  sectorCount: number;
  rotationRpm: number;
  worldWideName: bigint;
  security: AtaSecurity;
}): Buffer {
  const words = new Words();
  words.text(10, drive.serial, 20);
  words.text(23, "1.0", 8);
  words.text(27, drive.model, 40);
  words.set(47, 0x8010).set(49, 0x0f00).set(50, 0x4000).set(53, 6);
  words.set(59, 0xf000); // sanitize: block erase, overwrite, crypto scramble
  words.set32(60, drive.sectorCount);
  words.set(63, 7).set(64, 3).set(75, 31).set(76, 6).set(80, 0x01f0).set(88, 0x203f);
  for (const cycleTime of [65, 66, 67, 68]) words.set(cycleTime, 120);
  // Supported, then enabled: security, SMART, write cache; 48-bit addresses, FLUSH CACHE; the world wide name.
  words.set(82, 0x4023).set(83, 0x7400).set(84, 0x4163);
  words
    .set(85, 0x0021 | (drive.security.isEnabled ? 2 : 0))
    .set(86, 0x3400)
    .set(87, 0x4163);
  words.set(89, 1).set(90, 1); // both security erases: 2 minutes
  words.set(92, 0xfffe); // the master password's identifier
  words.set32(100, drive.sectorCount);
  words.set(106, 0x4000);
  for (const part of [0, 1, 2, 3])
    words.set(108 + part, Number((drive.worldWideName >> BigInt(48 - part * 16)) & 0xffffn));
  words.set(128, securityStatus(drive.security));
  words.set(217, drive.rotationRpm);
  return words.sealed();
}

function securityStatus(security: AtaSecurity): number {
  const bits = [true, security.isEnabled, security.isLocked, security.isFrozen, security.isExpired, true];
  return bits.reduce((word, bit, position) => word | (bit ? 1 << position : 0), 0);
}

class Words {
  readonly #bytes = Buffer.alloc(512);

  set(word: number, value: number): this {
    this.#bytes.writeUInt16LE(value & 0xffff, word * 2);
    return this;
  }

  /** Two words, the lower one first. */
  set32(word: number, value: number): void {
    this.#bytes.writeUInt32LE(value, word * 2);
  }

  /** Each word holds its two characters the wrong way round. */
  text(word: number, text: string, lengthBytes: number): void {
    textField(text, lengthBytes)
      .swap16()
      .copy(this.#bytes, word * 2);
  }

  /** With the signature and the checksum that make all the bytes add up to zero. */
  sealed(): Buffer {
    this.#bytes[510] = 0xa5;
    const sum = this.#bytes.subarray(0, 511).reduce((total, byte) => total + byte, 0);
    this.#bytes[511] = -sum & 0xff;
    return this.#bytes;
  }
}
