import type { Factory } from "./factory.ts";
import { LineOnlyReceiver } from "./line-only-receiver.ts";
import { LineReader } from "./line-reader.ts";
import type { SplitLine } from "./line-splitter.ts";
import type { Handled } from "./protocol.ts";
import type { Parser } from "./receiver.ts";

/**
 * A protocol of lines with bytes between them: a message's body after its header, a file after its name. Read
 * lines until `setRawMode()`, then bytes until `setLineMode(extra)`.
 *
 * ```ts
 * override lineReceived(line: string) {
 *   this.missingBytes = Number(line);
 *   this.setRawMode();
 * }
 *
 * override rawDataReceived(bytes: Uint8Array) {
 *   const body = bytes.subarray(0, this.missingBytes);
 *   this.missingBytes -= body.length;
 *   if (this.missingBytes === 0) this.setLineMode(bytes.subarray(body.length));
 * }
 * ```
 */
export class LineReceiver<F extends object = Factory<object>> extends LineOnlyReceiver<F> {
  #reader: LineReader | undefined;

  /** Some bytes came in raw mode: as many, or as few, as the network pleased. */
  rawDataReceived(_bytes: Uint8Array): Handled {}

  /** What comes after the present line is not lines. */
  setRawMode(): void {
    this.#reader?.setRawMode();
  }

  /** Lines again, beginning with `extra`: what `rawDataReceived` was given too much. */
  setLineMode(extra: Uint8Array = new Uint8Array(0)): void {
    this.#reader?.setLineMode(extra);
    if (extra.length > 0) this.deliverAgain();
  }

  /** Takes all that came after the present line; it is delivered no more. */
  clearLineBuffer(): Uint8Array {
    return this.takeRest();
  }

  protected override makeParser(): Parser<SplitLine | Uint8Array> {
    this.#reader = new LineReader(this.lineEnd, this.maxLengthBytes);
    return this.#reader;
  }

  protected override messageReceived(message: SplitLine | Uint8Array): Handled {
    if (message instanceof Uint8Array) return this.rawDataReceived(message);
    return super.messageReceived(message);
  }
}
