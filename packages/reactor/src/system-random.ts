import type { Random } from "./random.ts";

/** The most that `getRandomValues` gives at once (W3C Web Cryptography API, clause 10.1.1). */
const MOST_BYTES_AT_ONCE = 65_536;

/** Real randomness, of Node or of a browser; fit for keys. */
export const systemRandom: Random = {
  bytes(count) {
    const bytes = new Uint8Array(count);
    for (let start = 0; start < count; start += MOST_BYTES_AT_ONCE) {
      crypto.getRandomValues(bytes.subarray(start, start + MOST_BYTES_AT_ONCE));
    }
    return bytes;
  },

  number() {
    const word = new DataView(this.bytes(4).buffer).getUint32(0);
    return word / 2 ** 32;
  },
};
