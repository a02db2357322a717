import { concat } from "../concat.ts";
import type { Parser } from "../receiver.ts";
import { intPrefix, IntStringParser } from "../strings/int-string-parser.ts";
import type { AmpBox } from "./box.ts";

/** A box; or, once and last, why the bytes are none. */
export type FoundBox = AmpBox | BrokenBox;

export interface BrokenBox {
  readonly kind: "broken";
  readonly why: string;
}

const MOST_KEY_BYTES = 255;
const MOST_VALUE_BYTES = 65_535;
/** What a name and its value cost beyond their bytes, about: a peer may send many that are empty. */
const PAIR_COST_BYTES = 64;

/** Bytes in, boxes out. A box of more than `maxBoxBytes` is refused while it arrives. */
export class BoxParser implements Parser<FoundBox> {
  readonly #strings = new IntStringParser(2, MOST_KEY_BYTES);
  readonly #maxBoxBytes: number;
  #box: AmpBox = new Map();
  #boxBytes = 0;
  #name: string | undefined;
  #isBroken = false;

  constructor(maxBoxBytes: number) {
    this.#maxBoxBytes = maxBoxBytes;
  }

  push(bytes: Uint8Array): void {
    this.#strings.push(bytes);
  }

  next(): FoundBox | undefined {
    for (;;) {
      if (this.#isBroken) return undefined;
      const string = this.#strings.next();
      if (!string) return undefined;
      if (!(string instanceof Uint8Array)) return this.#break(`a name has ${string.lengthBytes} bytes`);
      const found = this.#name === undefined ? this.#readName(string) : this.#readValue(this.#name, string);
      if (found) return found;
    }
  }

  takeRest(): Uint8Array {
    const parts: Uint8Array[] = [];
    for (const [name, value] of this.#box) parts.push(...framed(latin1Bytes(name)), ...framed(value));
    if (this.#name !== undefined) parts.push(...framed(latin1Bytes(this.#name)));
    this.#startOver();
    return concat([...parts, this.#strings.takeRest()]);
  }

  #readName(bytes: Uint8Array): FoundBox | undefined {
    if (bytes.length === 0) return this.#startOver();
    this.#name = String.fromCharCode(...bytes);
    this.#strings.maxLengthBytes = MOST_VALUE_BYTES;
    return this.#count(bytes.length);
  }

  #readValue(name: string, bytes: Uint8Array): BrokenBox | undefined {
    this.#box.set(name, bytes);
    this.#name = undefined;
    this.#strings.maxLengthBytes = MOST_KEY_BYTES;
    return this.#count(bytes.length + PAIR_COST_BYTES);
  }

  #count(bytes: number): BrokenBox | undefined {
    this.#boxBytes += bytes;
    if (this.#boxBytes > this.#maxBoxBytes)
      return this.#break(`it is longer than ${this.#maxBoxBytes} bytes`);
    return undefined;
  }

  /** Gives the box that was read. */
  #startOver(): AmpBox {
    const box = this.#box;
    this.#box = new Map();
    this.#boxBytes = 0;
    this.#name = undefined;
    this.#strings.maxLengthBytes = MOST_KEY_BYTES;
    return box;
  }

  #break(why: string): BrokenBox {
    this.#isBroken = true;
    return { kind: "broken", why };
  }
}

function framed(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  return [intPrefix(bytes.length, 2), bytes];
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
