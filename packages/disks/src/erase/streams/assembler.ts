/**
 * Assembles WebAssembly: as much of it as a stream of ChaCha needs. Code is written as in the folded form of the text
 * format, each instruction around its operands: `i32x4.add(a, b)`. Whatever is wrong with it, the engine says when it
 * compiles the module. Encodings: WebAssembly Core Specification 2.0 §5.
 */
export type Code = readonly number[];

export type Type = "i32" | "i64" | "v128";
const typeCodes: Readonly<Record<Type, number>> = { i32: 0x7f, i64: 0x7e, v128: 0x7b };

/** A local variable; where a value is wanted, it stands for its own. */
export class Local {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }

  set(value: Value): Code {
    return [...push(value), 0x21, ...unsigned(this.index)];
  }
}

export type Value = Local | Code;

/** The instructions after which the value is on the stack. */
function push(value: Value): Code {
  return value instanceof Local ? [0x20, ...unsigned(value.index)] : value;
}

/** An instruction: its operands are pushed, then comes its code. */
function instruction(...code: Code): (...operands: Value[]) => Code {
  return (...operands) => [...operands.flatMap(push), ...code];
}

function simd(opcode: number, ...immediates: Code): (...operands: Value[]) => Code {
  return instruction(0xfd, ...unsigned(opcode), ...immediates);
}

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  lessThanUnsigned: instruction(0x49),
  add: instruction(0x6a),
  sub: instruction(0x6b),
  /** The low half of an i64. */
  wrap: instruction(0xa7),
};

export const i64 = {
  const: (value: number): Code => [0x42, ...signed(value)],
  add: instruction(0x7c),
  shiftRight: instruction(0x88),
};

/** Four words of 32 bits; their order in memory is that of the lanes, as is that of the bytes of a word. */
export const i32x4 = {
  splat: simd(0x11),
  shiftLeft: simd(0xab),
  shiftRight: simd(0xad),
  add: simd(0xae),
};

export const i8x16 = {
  /** Byte i of the result is byte `lanes[i]` of the two operands side by side. */
  shuffle: (lanes: readonly number[]) => simd(0x0d, ...lanes),
  /** Byte i of the result is the byte of the first operand that byte i of the second one names. */
  swizzle: simd(0x0e),
};

export const v128 = {
  const: (bytes: readonly number[]): Code => [0xfd, ...unsigned(0x0c), ...bytes],
  or: simd(0x50),
  xor: simd(0x51),
  /** Four times the word at the address plus `offset`. */
  load32Splat: (offset: number) => simd(0x09, wordAligned, ...unsigned(offset)),
  store: (offset: number) => simd(0x0b, vectorAligned, ...unsigned(offset)),
};

/** Alignments are given as powers of two. */
const wordAligned = 2;
const vectorAligned = 4;

/** Carries out `body` again and again, as long as `condition` holds after it. */
export function doWhile(body: Code, condition: Value): Code {
  const [loop, noResult, branchIf, end] = [0x03, 0x40, 0x0d, 0x0b];
  return [loop, noResult, ...body, ...push(condition), branchIf, 0, end];
}

/** The variables of a function that is being written: parameters first. */
export class Locals {
  readonly parameters: Type[] = [];
  readonly others: Type[] = [];

  parameter(type: Type): Local {
    return new Local(this.parameters.push(type) - 1);
  }

  declare(type: Type): Local {
    return new Local(this.parameters.length + this.others.push(type) - 1);
  }
}

const preamble = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]; // "\0asm", version 1
const sections = { types: 1, imports: 2, functions: 3, exports: 7, code: 10 };

/** A module that takes the memory `from.memory` and gives the function `run`, which has no result. */
export function assemble({ parameters, others }: Locals, body: Code): Uint8Array<ArrayBuffer> {
  const codesOf = (types: readonly Type[]) => list(types.map((type) => [typeCodes[type]]));
  const declared = list(others.map((type) => [1, typeCodes[type]]));
  const [functionType, aFunction, aMemory, atLeast, onePage, end] = [0x60, 0, 2, 0, 1, 0x0b];
  return Uint8Array.from([
    ...preamble,
    ...section(sections.types, [functionType, ...codesOf(parameters), ...codesOf([])]),
    ...section(sections.imports, [...text("from"), ...text("memory"), aMemory, atLeast, onePage]),
    ...section(sections.functions, [0]),
    ...section(sections.exports, [...text("run"), aFunction, 0]),
    ...section(sections.code, sized([...declared, ...body, end])),
  ]);
}

/** A section with one item; each kind of thing is counted from 0. */
function section(id: number, item: Code): Code {
  return [id, ...sized(list([item]))];
}

function sized(code: Code): Code {
  return [...unsigned(code.length), ...code];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(ascii: string): Code {
  return sized(Array.from(ascii, (character) => character.charCodeAt(0)));
}

/** LEB128: seven bits to a byte, the low ones first; the high bit says that more follow. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** The same; the sign is the highest bit that is given. */
function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
