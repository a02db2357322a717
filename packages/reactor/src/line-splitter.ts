import { TailBytes } from "./tail-bytes.ts";

/** How lines end: CR LF, LF, or both (`either`: a lone LF also ends a line, as people's `nc` sends it). */
export type LineEnd = "crlf" | "lf" | "either";

/** A line; or one that is no UTF-8; or one that is too long, said once, as soon as it is known. */
export type SplitLine = string | UndecodableLine | TooLongLine;

export interface UndecodableLine {
  readonly kind: "undecodable";
  readonly bytes: Uint8Array;
}

export interface TooLongLine {
  readonly kind: "too-long";
}

const CR = 13;
const LF = 10;
const NONE: readonly SplitLine[] = [];
const NO_ENDS: readonly number[] = [];
const TOO_LONG: TooLongLine = { kind: "too-long" };
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Bytes in, lines out: the same lines however the bytes are cut. No socket, no clock.
 *
 * Whole lines are decoded together, once per `push`, and sliced from the string; an unfinished line is kept as
 * bytes, so that no character is ever cut. Time is linear in the bytes; memory is bounded by one push and one
 * line of the greatest length.
 */
export class LineSplitter {
  readonly #end: LineEnd;
  readonly #maxLengthBytes: number;
  readonly #tail = new TailBytes();
  #tailIsTooLong = false;
  /** The rest of a line that was too long is being thrown away. */
  #skipping = false;
  #text = "";
  #position = 0;
  #textIsAscii = true;
  /** What was found the slow way, when what was pushed last was not all UTF-8; read from `#position`. */
  #found: readonly SplitLine[] = NONE;
  /** Where the bytes of each that was found end, and how many bytes were searched. */
  #foundEnds: readonly number[] = NO_ENDS;
  #forgottenTailBytes = 0;

  constructor(end: LineEnd, maxLengthBytes: number) {
    this.#end = end;
    this.#maxLengthBytes = maxLengthBytes;
  }

  /** Takes more bytes; call it when `next` has nothing more. The bytes are not kept. */
  push(bytes: Uint8Array): void {
    const end = this.#afterLastEnd(bytes);
    if (end === bytes.length && end > 0) return this.#splitWhole(this.#tail.takeWith(bytes));
    if (end > 0) this.#splitWhole(this.#tail.takeWith(bytes.subarray(0, end)));
    this.#keep(bytes.subarray(end));
  }

  /** The next line, or `undefined` when it has not arrived yet. */
  next(): SplitLine | undefined {
    if (this.#position < this.#text.length) return this.#nextOfText();
    if (this.#position < this.#found.length) return this.#found[this.#position++];
    this.#text = "";
    if (this.#found.length > 0) this.#forgetFound();
    if (!this.#tailIsTooLong) return undefined;
    this.#tailIsTooLong = false;
    return TOO_LONG;
  }

  /** How many of the bytes that were pushed come after what `next` gave last. */
  get unreadBytes(): number {
    return this.#unreadLineBytes() + (this.#tailIsTooLong ? this.#forgottenTailBytes : this.#tail.length);
  }

  /** A copy of the unfinished line. */
  unfinished(): Uint8Array {
    return this.#tail.copy();
  }

  #unreadLineBytes(): number {
    if (this.#found.length > 0) return this.#foundEnds.at(-1)! - (this.#foundEnds[this.#position - 1] ?? 0);
    if (this.#textIsAscii) return this.#text.length - Math.min(this.#position, this.#text.length);
    return encoder.encode(this.#text.slice(this.#position)).length;
  }

  /** `bytes` with what waited before it: whole lines only. */
  #splitWhole(bytes: Uint8Array): void {
    const lines = this.#skipping ? bytes.subarray(this.#lineAt(bytes, 0).next) : bytes;
    this.#skipping = false;
    this.#position = 0;
    try {
      this.#text = decoder.decode(lines);
      this.#textIsAscii = this.#text.length === lines.length;
    } catch {
      this.#splitUndecodable(lines);
    }
  }

  #nextOfText(): SplitLine {
    const text = this.#text;
    const start = this.#position;
    // One character is found much faster than two.
    let lf = text.indexOf("\n", start);
    while (this.#end === "crlf" && !hasCrBefore(text, lf, start)) lf = text.indexOf("\n", lf + 1);
    this.#position = lf + 1;
    const line = text.slice(start, this.#end !== "lf" && hasCrBefore(text, lf, start) ? lf - 1 : lf);
    return this.#isTooLong(line) ? TOO_LONG : line;
  }

  #isTooLong(line: string): boolean {
    if (this.#textIsAscii) return line.length > this.#maxLengthBytes;
    if (line.length * 3 <= this.#maxLengthBytes) return false; // No UTF-16 unit takes more than three bytes.
    return encoder.encode(line).length > this.#maxLengthBytes;
  }

  /** The slow way: each line is decoded alone, so that one bad line spoils no other. */
  #splitUndecodable(bytes: Uint8Array): void {
    const found: SplitLine[] = [];
    const ends: number[] = [];
    for (let start = 0; start < bytes.length;) {
      const { end, next } = this.#lineAt(bytes, start);
      const line = new Uint8Array(bytes.subarray(start, end)); // A copy; `slice` of a Buffer is none.
      found.push(line.length > this.#maxLengthBytes ? TOO_LONG : decodeLine(line));
      ends.push(next);
      start = next;
    }
    this.#found = found;
    this.#foundEnds = ends;
  }

  #forgetFound(): void {
    this.#found = NONE;
    this.#foundEnds = NO_ENDS;
  }

  /** The line that begins at `start` in bytes that hold its end. */
  #lineAt(bytes: Uint8Array, start: number): { end: number; next: number } {
    let lf = bytes.indexOf(LF, start);
    while (this.#end === "crlf" && (lf === start || bytes[lf - 1] !== CR)) lf = bytes.indexOf(LF, lf + 1);
    const hasCr = this.#end !== "lf" && lf > start && bytes[lf - 1] === CR;
    return { end: hasCr ? lf - 1 : lf, next: lf + 1 };
  }

  /** Where what follows the last line end begins; 0 when no line ends here. */
  #afterLastEnd(bytes: Uint8Array): number {
    let lf = bytes.lastIndexOf(LF);
    if (this.#end !== "crlf") return lf + 1;
    while (lf > 0 && bytes[lf - 1] !== CR) lf = bytes.lastIndexOf(LF, lf - 1);
    return lf === 0 && this.#tail.last !== CR ? 0 : lf + 1;
  }

  #keep(rest: Uint8Array): void {
    this.#tail.append(rest);
    if (!this.#skipping && this.#unfinishedLength() > this.#maxLengthBytes) {
      this.#skipping = true;
      this.#tailIsTooLong = true;
      this.#forgottenTailBytes = rest.length;
    }
    if (this.#skipping) this.#forgetTail();
  }

  /** A CR at the end may be half of the line's end, and is not counted until it is known not to be. */
  #unfinishedLength(): number {
    return this.#end !== "lf" && this.#tail.last === CR ? this.#tail.length - 1 : this.#tail.length;
  }

  #forgetTail(): void {
    const endsInCr = this.#tail.last === CR;
    this.#tail.clear();
    if (endsInCr) this.#tail.append(Uint8Array.of(CR));
  }
}

function hasCrBefore(text: string, lf: number, start: number): boolean {
  return lf > start && text.charCodeAt(lf - 1) === CR;
}

function decodeLine(bytes: Uint8Array): SplitLine {
  try {
    return decoder.decode(bytes);
  } catch {
    return { kind: "undecodable", bytes };
  }
}
