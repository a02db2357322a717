import { plainBytes } from "../plain-bytes.ts";
import type { Parser } from "../receiver.ts";
import { TailBytes } from "../tail-bytes.ts";

/** How many bytes the length before a string takes. */
export type PrefixBytes = 1 | 2 | 4;

/** A string; or, once and last, that one is announced which is too long. */
export type IntString = Uint8Array | TooLongString;

export interface TooLongString {
  readonly kind: "too-long";
  readonly lengthBytes: number;
}

const NOTHING = new Uint8Array(0);

/** Strings with their length before them, its highest byte first. */
export class IntStringParser implements Parser<IntString> {
  readonly #prefixBytes: PrefixBytes;
  /** May change after any string. */
  maxLengthBytes: number;
  #bytes: Uint8Array = NOTHING;
  #at = 0;
  /** The prefix, or after it the string, as far as it came in earlier pieces. */
  readonly #begun = new TailBytes();
  /** Undefined while the prefix is being read. */
  #lengthBytes: number | undefined;
  #isOver = false;

  constructor(prefixBytes: PrefixBytes, maxLengthBytes: number) {
    this.#prefixBytes = prefixBytes;
    this.maxLengthBytes = maxLengthBytes;
  }

  push(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  next(): IntString | undefined {
    if (this.#isOver) return undefined;
    if (this.#lengthBytes === undefined) {
      const prefix = this.#take(this.#prefixBytes);
      if (!prefix) return undefined;
      this.#lengthBytes = number(prefix);
    }
    if (this.#lengthBytes > this.maxLengthBytes) {
      this.#isOver = true;
      return { kind: "too-long", lengthBytes: this.#lengthBytes };
    }
    const string = this.#take(this.#lengthBytes);
    if (!string) return undefined;
    this.#lengthBytes = undefined;
    return plainBytes(string);
  }

  takeRest(): Uint8Array {
    const rest = new TailBytes();
    if (this.#lengthBytes !== undefined) rest.append(intPrefix(this.#lengthBytes, this.#prefixBytes));
    rest.append(this.#begun.copy());
    rest.append(this.#bytes.subarray(this.#at));
    this.#begun.clear();
    this.#lengthBytes = undefined;
    this.push(NOTHING);
    return rest.copy();
  }

  /** The next `count` bytes; when they are not all there, what there is waits for them. */
  #take(count: number): Uint8Array | undefined {
    const part = this.#bytes.subarray(this.#at, this.#at + count - this.#begun.length);
    this.#at += part.length;
    if (this.#begun.length + part.length === count) return this.#begun.takeWith(part);
    this.#begun.append(part);
    this.push(NOTHING);
    return undefined;
  }
}

/** The length as it stands before a string. */
export function intPrefix(length: number, prefixBytes: PrefixBytes): Uint8Array {
  return Uint8Array.from({ length: prefixBytes }, (_, index) => length >>> (8 * (prefixBytes - 1 - index)));
}

function number(prefix: Uint8Array): number {
  return prefix.reduce((value, byte) => value * 256 + byte, 0);
}
