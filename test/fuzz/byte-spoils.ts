/** Spoils bytes that were well said: what a broken wire, a broken program or an attacker makes of them. */
import type { Chance } from "./chance.ts";

const LF = 10;

/** Bytes that are no UTF-8, or only just: overlong, a surrogate, beyond Unicode, cut off, the byte order mark. */
const oddBytes: readonly (readonly number[])[] = [
  [0xc3, 0x28],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0xe2, 0x82],
  [0xff],
  [0xef, 0xbb, 0xbf],
  [0xf0, 0x9f, 0x96, 0xb4],
  [0x00],
  [LF],
  [0x0d, LF],
  [0x0d],
];

type Spoil = (bytes: Uint8Array, chance: Chance) => Uint8Array;

const spoils: readonly Spoil[] = [
  // One bit is another.
  (bytes, chance) => {
    const spoilt = new Uint8Array(bytes);
    spoilt[chance.below(bytes.length)]! ^= 1 << chance.below(8);
    return spoilt;
  },
  // One byte is another.
  (bytes, chance) => {
    const spoilt = new Uint8Array(bytes);
    spoilt[chance.below(bytes.length)] = chance.below(256);
    return spoilt;
  },
  // The end is missing.
  (bytes, chance) => bytes.subarray(0, chance.below(bytes.length)),
  // A piece is missing.
  (bytes, chance) => {
    const [from, to] = range(bytes, chance);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  // A piece comes twice.
  (bytes, chance) => {
    const [from, to] = range(bytes, chance);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  // Something odd is in between.
  (bytes, chance) => {
    const at = chance.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), Uint8Array.from(chance.pick(oddBytes)), bytes.subarray(at)]);
  },
  // A line's end is missing.
  (bytes, chance) => {
    const at = bytes.indexOf(LF, chance.below(bytes.length));
    return at === -1 ? bytes : Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
  },
];

export function spoilBytes(bytes: Uint8Array, chance: Chance): Uint8Array {
  return bytes.length === 0 ? bytes : chance.pick(spoils)(bytes, chance);
}

function range(bytes: Uint8Array, chance: Chance): [from: number, to: number] {
  const from = chance.below(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + chance.below(64))];
}

/** The bytes in pieces: whole, in two, in lines' neighbourhoods, at random, or one by one. */
export function cutUp(bytes: Uint8Array, chance: Chance): Uint8Array[] {
  switch (chance.below(8)) {
    case 0:
      return cutAt(bytes, [chance.below(bytes.length + 1)]);
    case 1:
      return bytes.length > 300 ? [bytes] : cutEvery(bytes, () => 1);
    case 2:
      return cutEvery(bytes, () => 1 + chance.below(200));
    case 3: {
      const lf = bytes.indexOf(LF, chance.below(bytes.length + 1));
      return cutAt(bytes, [lf, lf + 1]);
    }
    default:
      return [bytes];
  }
}

function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const to of [...places, bytes.length]) {
    if (to > from) pieces.push(bytes.subarray(from, to));
    from = Math.max(from, to);
  }
  return pieces;
}

function cutEvery(bytes: Uint8Array, nextLength: () => number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const length = nextLength();
    pieces.push(bytes.subarray(from, from + length));
    from += length;
  }
  return pieces;
}
