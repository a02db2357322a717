/**
 * Draws from a job's seed. The same seed and label always give the same: an interrupted job draws again what it had
 * drawn, and whoever has the seed can check it.
 */
import { sha256 } from "./node-sha256.ts";

/** 32 bytes: SHA-256 of the seed's 32 bytes and of the label after them. */
export function drawBytes(seedHex: string, label: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(seedHex)) throw new RangeError("Cannot draw: the seed is not 32 bytes in hex");
  return sha256(Buffer.from(seedHex, "hex"), label);
}

/** A whole number below `limit`, which is at most 2^32; each is as likely as any other. */
export function drawBelow(seedHex: string, label: string, limit: number): number {
  const fair = 2 ** 32 - (2 ** 32 % limit);
  for (let attempt = 1; ; attempt++) {
    const drawn = Buffer.from(drawBytes(seedHex, `${label}, try ${attempt}`)).readUInt32BE(0);
    if (drawn < fair) return drawn % limit; // the rest would make the low numbers come more often
  }
}
