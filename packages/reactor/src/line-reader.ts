import { concat } from "./concat.ts";
import { LineSplitter, type LineEnd, type SplitLine } from "./line-splitter.ts";
import { plainBytes } from "./plain-bytes.ts";
import type { Parser } from "./receiver.ts";

/** After a change of mode lines are read in small windows, which grow: a change costs no more than what was read. */
const FIRST_WINDOW_BYTES = 256;
const LARGEST_WINDOW_BYTES = 64 * 1024;

const NOTHING = new Uint8Array(0);

/**
 * Lines and raw bytes in turn: a line, or some bytes while in raw mode. The mode may change after any line, and
 * what follows that line is then read in the new mode, however the bytes were cut. Linear in the bytes, however
 * often the mode changes.
 */
export class LineReader implements Parser<SplitLine | Uint8Array> {
  readonly #end: LineEnd;
  readonly #maxLengthBytes: number;
  #splitter: LineSplitter;
  #isRaw = false;
  /** What was pushed last; from `#at` on, nobody has read it yet. */
  #chunk = NOTHING as Uint8Array;
  #at = 0;
  #windowBytes = LARGEST_WINDOW_BYTES;

  constructor(end: LineEnd, maxLengthBytes: number) {
    this.#end = end;
    this.#maxLengthBytes = maxLengthBytes;
    this.#splitter = new LineSplitter(end, maxLengthBytes);
  }

  push(bytes: Uint8Array): void {
    this.#chunk = this.#at < this.#chunk.length ? concat([this.#chunk.subarray(this.#at), bytes]) : bytes;
    this.#at = 0;
  }

  next(): SplitLine | Uint8Array | undefined {
    if (this.#isRaw) return this.#nextRaw();
    for (;;) {
      const line = this.#splitter.next();
      if (line !== undefined) return line;
      if (this.#at === this.#chunk.length) return this.#forgetChunk();
      this.#readWindow();
    }
  }

  takeRest(): Uint8Array {
    this.#unreadLines();
    return this.#nextRaw() ?? NOTHING;
  }

  /** What comes after the present line is bytes. */
  setRawMode(): void {
    if (!this.#isRaw) this.#unreadLines();
    this.#isRaw = true;
  }

  /** `extra` is read again, as lines, before all else that waits. */
  setLineMode(extra: Uint8Array): void {
    this.#isRaw = false;
    if (extra.length === 0) return;
    this.#unreadLines();
    this.#chunk = this.#at < this.#chunk.length ? concat([extra, this.#chunk.subarray(this.#at)]) : extra;
    this.#at = 0;
  }

  #nextRaw(): Uint8Array | undefined {
    if (this.#at === this.#chunk.length) return this.#forgetChunk();
    const rest = this.#chunk.subarray(this.#at);
    this.#at = this.#chunk.length;
    return plainBytes(rest);
  }

  #forgetChunk(): undefined {
    this.#chunk = NOTHING;
    this.#at = 0;
  }

  #readWindow(): void {
    const isAllOfIt = this.#at === 0 && this.#chunk.length <= this.#windowBytes;
    const window = isAllOfIt ? this.#chunk : this.#chunk.subarray(this.#at, this.#at + this.#windowBytes);
    this.#at += window.length;
    this.#splitter.push(window);
    this.#windowBytes = Math.min(this.#windowBytes * 2, LARGEST_WINDOW_BYTES);
  }

  /** Takes back what the splitter was given and has not delivered. */
  #unreadLines(): void {
    const unreadBytes = this.#splitter.unreadBytes;
    if (unreadBytes <= this.#at) {
      this.#at -= unreadBytes;
    } else {
      // It began in an earlier chunk: an unfinished line, and this chunk is all read.
      this.#chunk = this.#splitter.unfinished();
      this.#at = 0;
    }
    this.#splitter = new LineSplitter(this.#end, this.#maxLengthBytes);
    this.#windowBytes = FIRST_WINDOW_BYTES;
  }
}
