/**
 * ChaCha in WebAssembly. Four blocks are made at a time, side by side: a vector holds the same word of each of them.
 *
 * The cipher is D. J. Bernstein's (ChaCha, a variant of Salsa20, 2008). Its state is 16 words: 4 constants, 8 of the
 * key, 2 that count the blocks, 2 of the nonce. RFC 8439 §2.3 has the same block function with 20 rounds, but gives one
 * word of the counter to the nonce; under the nonce 0, which all our streams have, its bytes are the same up to the
 * 256 GiB at which its counter ends.
 */
import {
  assemble,
  doWhile,
  i32,
  i32x4,
  i64,
  i8x16,
  Locals,
  v128,
  type Code,
  type Local,
  type Value,
} from "./assembler.ts";

/** The memory begins with the state; the counter in it is not looked at. */
export const stateBytes = 64;

const blockBytes = 64;

/** What is made at a time. */
export const groupBytes = 4 * blockBytes;

/**
 * Writes the stream from block `counter` on, a multiple of 4, over [at, end), a multiple of `groupBytes`. Rounds are
 * counted in pairs.
 */
export type RunChaCha = (at: number, end: number, counter: bigint, doubleRounds: number) => void;

let compiled: WebAssembly.Module | null = null;

/** It takes the memory `from.memory` and gives the function `run`, a `RunChaCha`. */
export function chaChaModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(assembleChaCha());
  return compiled;
}

function assembleChaCha(): Uint8Array<ArrayBuffer> {
  const locals = new Locals();
  const at = locals.parameter("i32");
  const end = locals.parameter("i32");
  const counter = locals.parameter("i64");
  const doubleRounds = locals.parameter("i32");
  const roundsLeft = locals.declare("i32");
  const words = Array.from({ length: 16 }, () => locals.declare("v128"));
  const scratch = four(() => locals.declare("v128"));
  const bytes: RotatedBytes = { by16: locals.declare("v128"), by8: locals.declare("v128") };

  const start = (i: number) => startOf(i, counter);
  const group = [
    ...words.flatMap((word, i) => word.set(start(i))),
    ...roundsLeft.set(doubleRounds),
    ...doWhile(
      [...doubleRound(words, bytes), ...roundsLeft.set(i32.sub(roundsLeft, i32.const(1)))],
      roundsLeft,
    ),
    ...words.flatMap((word, i) => word.set(i32x4.add(word, start(i)))),
    ...[0, 4, 8, 12].flatMap((first) => storeFourWords(words, first, scratch, at)),
    ...counter.set(i64.add(counter, i64.const(4))),
    ...at.set(i32.add(at, i32.const(groupBytes))),
  ];
  return assemble(locals, [
    ...bytes.by16.set(v128.const([2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13])),
    ...bytes.by8.set(v128.const([3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14])),
    ...doWhile(group, i32.lessThanUnsigned(at, end)),
  ]);
}

/** Word i of the four blocks as they are before the rounds. The low word of a multiple of 4 has room for 3 more. */
function startOf(i: number, counter: Local): Value {
  const zeroToThree = v128.const([0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
  if (i === 12) return i32x4.add(i32x4.splat(i32.wrap(counter)), zeroToThree);
  if (i === 13) return i32x4.splat(i32.wrap(i64.shiftRight(counter, i64.const(32))));
  return v128.load32Splat(4 * i)(i32.const(0));
}

/** Four of anything: the columns of the state, seen as a square of words, or the words of a quarter. */
type Four<T> = readonly [T, T, T, T];

function four<T>(make: (i: number) => T): Four<T> {
  return [make(0), make(1), make(2), make(3)];
}

/** A round of the columns, then one of the diagonals. */
function doubleRound(words: readonly Local[], bytes: RotatedBytes): Code {
  const columns = four((column) => four((row) => words[4 * row + column]!));
  const diagonals = four((column) => four((row) => words[4 * row + ((column + row) % 4)]!));
  return [...quarterRounds(columns, bytes), ...quarterRounds(diagonals, bytes)];
}

/** The quarter round on words a, b, c, d: each step is `sum += addend; mixed ^= sum; mixed <<<= bits`. */
const [a, b, c, d] = [0, 1, 2, 3] as const;
const steps = [
  { sum: a, addend: b, mixed: d, bits: 16 },
  { sum: c, addend: d, mixed: b, bits: 12 },
  { sum: a, addend: b, mixed: d, bits: 8 },
  { sum: c, addend: d, mixed: b, bits: 7 },
] as const;

/** All four go step by step together: so no instruction has to wait for the one before it. */
function quarterRounds(quarters: Four<Four<Local>>, bytes: RotatedBytes): Code {
  return steps.flatMap(({ sum, addend, mixed, bits }) =>
    quarters.flatMap((quarter) => [
      ...quarter[sum].set(i32x4.add(quarter[sum], quarter[addend])),
      ...quarter[mixed].set(v128.xor(quarter[mixed], quarter[sum])),
      ...quarter[mixed].set(rotated(quarter[mixed], bits, bytes)),
    ]),
  );
}

/** Where each byte of a vector comes from when its words are rotated left by whole bytes. */
interface RotatedBytes {
  readonly by16: Local;
  readonly by8: Local;
}

/** WebAssembly has no such instruction: it takes three, or one that moves bytes. */
function rotated(word: Local, bits: 16 | 12 | 8 | 7, { by16, by8 }: RotatedBytes): Code {
  if (bits === 16) return i8x16.swizzle(word, by16);
  if (bits === 8) return i8x16.swizzle(word, by8);
  return v128.or(i32x4.shiftLeft(word, i32.const(bits)), i32x4.shiftRight(word, i32.const(32 - bits)));
}

/** Words are numbered over both vectors: 0 to 3 and 4 to 7. */
const shuffledWords = (...words: Four<number>) =>
  i8x16.shuffle(words.flatMap((word) => four((byte) => 4 * word + byte)));
const zipLow = shuffledWords(0, 4, 1, 5);
const zipHigh = shuffledWords(2, 6, 3, 7);
const joinLow = shuffledWords(0, 1, 4, 5);
const joinHigh = shuffledWords(2, 3, 6, 7);

/** Four words from `first` on: they lie apart, each beside its like of the other blocks, and belong together. */
function storeFourWords(words: readonly Local[], first: number, scratch: Four<Local>, at: Local): Code {
  const [w0, w1, w2, w3] = four((i) => words[first + i]!);
  const [low01, low23, high01, high23] = scratch;
  const store = (block: number, value: Value) => v128.store(blockBytes * block + 4 * first)(at, value);
  return [
    ...low01.set(zipLow(w0, w1)),
    ...low23.set(zipLow(w2, w3)),
    ...high01.set(zipHigh(w0, w1)),
    ...high23.set(zipHigh(w2, w3)),
    ...store(0, joinLow(low01, low23)),
    ...store(1, joinHigh(low01, low23)),
    ...store(2, joinLow(high01, high23)),
    ...store(3, joinHigh(high01, high23)),
  ];
}
