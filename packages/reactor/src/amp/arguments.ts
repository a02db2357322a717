import { ProtocolError } from "../errors.ts";
import { concat } from "../concat.ts";
import { intPrefix, IntStringParser } from "../strings/int-string-parser.ts";
import { pythonFloat } from "./python-float.ts";

/** How a value of one type goes over the wire: Twisted's `Argument`, and its bytes. */
export interface Argument<T> {
  toBytes(value: T): Uint8Array;

  /** Throws `ProtocolError` when the bytes are no such value. */
  fromBytes(bytes: Uint8Array): T;

  /** It may be left out. */
  readonly isOptional?: boolean;
}

export interface OptionalArgument<T> extends Argument<T> {
  readonly isOptional: true;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** An argument that may be left out. */
export function optional<T>(argument: Argument<T>): OptionalArgument<T> {
  return {
    toBytes: (value) => argument.toBytes(value),
    fromBytes: (bytes) => argument.fromBytes(bytes),
    isOptional: true,
  };
}

/** A whole number of any size; what comes is a `bigint` when no `number` could hold it. */
export const Integer: Argument<number | bigint> = {
  toBytes(value) {
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
      throw new TypeError(`Cannot send ${value} as an Integer: it is not a whole number that is exact`);
    }
    return encoder.encode(String(value));
  },
  fromBytes(bytes) {
    const text = textOf(bytes, /^[+-]?\d+$/, "Integer");
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : BigInt(text.replace(/^\+/, ""));
  },
};

/** A number as Python writes it. */
export const Float: Argument<number> = {
  toBytes: (value) => encoder.encode(pythonFloat(value)),
  fromBytes(bytes) {
    const text = textOf(bytes, /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^nan$|^[+-]?inf(inity)?$/i, "Float");
    return Number(text.replace(/inf(inity)?$/i, "Infinity"));
  },
};

export const Boolean: Argument<boolean> = {
  toBytes: (value) => encoder.encode(value ? "True" : "False"),
  fromBytes: (bytes) => textOf(bytes, /^(True|False)$/, "Boolean") === "True",
};

/** Text, as UTF-8. */
export const Unicode: Argument<string> = {
  toBytes(value) {
    if (!value.isWellFormed())
      throw new TypeError("Cannot send the text: half of a character stands alone in it");
    return encoder.encode(value);
  },
  fromBytes: (bytes) => textOf(bytes, /^/, "Unicode"),
};

/** Bytes, as they are; Twisted's `String`. Import this module as `amp` to tell it from the language's own. */
const Bytes: Argument<Uint8Array> = {
  toBytes: (value) => value,
  fromBytes: (bytes) => bytes,
};
export { Bytes as String };

/** A decimal number in its own digits, as text: `1.50` stays `1.50`. */
export const Decimal: Argument<string> = {
  toBytes: (value) => encoder.encode(decimal(value)),
  fromBytes: (bytes) => decimal(textOf(bytes, /^/, "Decimal")),
};

/** Any number of values of one type. */
export function ListOf<T>(element: Argument<T>): Argument<T[]> {
  return {
    toBytes: (values) => concat(values.flatMap((value) => framed(element.toBytes(value)))),
    fromBytes: (bytes) => unframed(bytes).map((part) => element.fromBytes(part)),
  };
}

function framed(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length > 65_535)
    throw new TypeError(`Cannot send the list: an element has ${bytes.length} bytes`);
  return [intPrefix(bytes.length, 2), bytes];
}

function unframed(bytes: Uint8Array): Uint8Array[] {
  const parser = new IntStringParser(2, 65_535);
  parser.push(bytes);
  const parts: Uint8Array[] = [];
  for (let part = parser.next(); part instanceof Uint8Array; part = parser.next()) parts.push(part);
  if (parser.takeRest().length > 0) throw new ProtocolError("Cannot read the list: it is not all there");
  return parts;
}

function decimal(text: string): string {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?$|^[+-]?(s?NaN\d*|Infinity)$/i.test(text)) return text;
  throw new ProtocolError(`Cannot take ${JSON.stringify(text)} as a Decimal`);
}

/** The bytes as text, when it has this form. */
export function textOf(bytes: Uint8Array, form: RegExp, type: string): string {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new ProtocolError(`Cannot read the ${type}: it is not UTF-8`);
  }
  if (form.test(text)) return text;
  throw new ProtocolError(`Cannot read the ${type}: it is ${JSON.stringify(text.slice(0, 60))}`);
}
