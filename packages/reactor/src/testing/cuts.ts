import type { Random } from "../random.ts";
import { between } from "./seeded-random.ts";

/** The text as UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** The bytes whole, cut in two at every position, and cut into single bytes. */
export function* everyCut(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield [bytes];
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
}

/** The bytes in pieces of 1 to `longest` bytes. */
export function randomCut(bytes: Uint8Array, random: Random, longest = 16): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = between(random, 1, longest);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
