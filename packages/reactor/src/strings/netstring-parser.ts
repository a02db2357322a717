import { plainBytes } from "../plain-bytes.ts";
import type { Parser } from "../receiver.ts";
import { TailBytes } from "../tail-bytes.ts";

/** What a netstring parser finds: a string, or, once and last, why the bytes are no netstrings. */
export type Netstring = Uint8Array | BrokenNetstring;

export interface BrokenNetstring {
  readonly kind: "broken";
  readonly why: string;
}

const COLON = 58;
const COMMA = 44;
const ZERO = 48;
const NOTHING = new Uint8Array(0);

/**
 * `5:hello,` (D. J. Bernstein, "Netstrings", 1997). The length has no leading zeros, and one that is too long is
 * refused before its string is read.
 */
export class NetstringParser implements Parser<Netstring> {
  readonly #maxLengthBytes: number;
  #bytes: Uint8Array = NOTHING;
  #at = 0;
  #digits = "";
  /** Undefined while the length is being read. */
  #missingBytes: number | undefined;
  readonly #string = new TailBytes();
  #isBroken = false;

  constructor(maxLengthBytes: number) {
    this.#maxLengthBytes = maxLengthBytes;
  }

  push(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  next(): Netstring | undefined {
    if (this.#isBroken) return undefined;
    while (this.#at < this.#bytes.length) {
      const found = this.#missingBytes === undefined ? this.#readLength() : this.#readString();
      if (found) return found;
    }
    this.#bytes = NOTHING;
    this.#at = 0;
    return undefined;
  }

  /** What follows the last string. A string that has begun is begun anew by the one who reads on. */
  takeRest(): Uint8Array {
    const prefix = new TextEncoder().encode(
      this.#missingBytes === undefined ? this.#digits : `${this.#digits}:`,
    );
    const begun = new TailBytes();
    for (const part of [prefix, this.#string.copy(), this.#bytes.subarray(this.#at)]) begun.append(part);
    this.#startOver();
    this.#bytes = NOTHING;
    this.#at = 0;
    return begun.copy();
  }

  #readLength(): BrokenNetstring | undefined {
    const byte = this.#bytes[this.#at++]!;
    if (byte === COLON && this.#digits !== "") {
      this.#missingBytes = Number(this.#digits) + 1;
      return undefined;
    }
    if (byte < ZERO || byte > ZERO + 9) return this.#break("its length is not a number followed by a colon");
    if (this.#digits === "0") return this.#break("its length begins with a zero");
    this.#digits += String.fromCharCode(byte);
    if (Number(this.#digits) <= this.#maxLengthBytes) return undefined;
    return this.#break(`it is longer than ${this.#maxLengthBytes} bytes`);
  }

  #readString(): Netstring | undefined {
    const part = this.#bytes.subarray(this.#at, this.#at + this.#missingBytes!);
    this.#at += part.length;
    this.#missingBytes! -= part.length;
    if (this.#missingBytes! > 0) {
      this.#string.append(part);
      return undefined;
    }
    const withComma = this.#string.takeWith(part);
    this.#startOver();
    if (withComma.at(-1) !== COMMA) return this.#break("no comma follows it");
    return plainBytes(withComma.subarray(0, -1));
  }

  #startOver(): void {
    this.#digits = "";
    this.#missingBytes = undefined;
    this.#string.clear();
  }

  #break(why: string): BrokenNetstring {
    this.#isBroken = true;
    return { kind: "broken", why };
  }
}
