import type { Random } from "../random.ts";

/** The same numbers for the same seed, for ever. (splitmix32: not fit for secrets.) */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const word = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return {
    number: () => word() / 2 ** 32,
    bytes: (count) => Uint8Array.from({ length: count }, () => word() & 0xff),
  };
}

/** A whole number from `least` up to and including `most`. */
export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random.number() * (most - least + 1));
}
