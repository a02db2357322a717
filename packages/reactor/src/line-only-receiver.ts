import { ProtocolError } from "./errors.ts";
import type { Factory } from "./factory.ts";
import { LineSplitter, type LineEnd, type SplitLine } from "./line-splitter.ts";
import { type Handled, Protocol } from "./protocol.ts";
import type { Transport } from "./transport.ts";

/**
 * A protocol of lines of UTF-8 text. Override `lineReceived`, answer with `sendLine`.
 *
 * A line may be a slice that keeps alive all the text with which it arrived; one that is stored for long is
 * better stored as bytes.
 */
export class LineOnlyReceiver<F extends object = Factory<object>> extends Protocol<F> {
  /** What ends a line, and what `sendLine` ends it with. */
  readonly delimiter: "\r\n" | "\n" = "\r\n";

  /** With `\r\n`: also take a lone `\n` for the end of a line, as people's `nc` and `telnet` send it. */
  readonly acceptsLoneLF: boolean = false;

  /** The longest line that is delivered, without its delimiter, in bytes. */
  readonly maxLengthBytes: number = 16_384;

  #lines: LineSplitter | undefined;
  #waiting: Uint8Array[] = [];
  #delivering: Promise<void> | undefined;

  /**
   * A line came, without its delimiter. A promise that it returns holds back the next line, and stops reading
   * from the peer, until it has settled: order and back-pressure without ceremony. After `loseConnection` no
   * more lines are delivered.
   */
  lineReceived(_line: string): Handled {}

  /** A line came that is no UTF-8. Ends the connection, unless overridden. */
  undecodableLineReceived(_bytes: Uint8Array): Handled {
    throw new ProtocolError("Cannot read the line: it is not UTF-8");
  }

  /** The peer sends a line longer than `maxLengthBytes`. Closes, unless overridden; then the line is skipped. */
  lineLengthExceeded(): Handled {
    void this.transport.loseConnection();
  }

  /** Sends one line, in one write. */
  sendLine(line: string): void {
    const end = this.acceptsLoneLF ? "\n" : this.delimiter;
    if (line.includes(end)) throw new TypeError("Cannot send the line: it contains the end of a line");
    this.transport.write(line + this.delimiter);
  }

  override makeConnection(transport: Transport): Handled {
    this.#lines = new LineSplitter(this.#lineEnd(), this.maxLengthBytes);
    return super.makeConnection(transport);
  }

  override dataReceived(bytes: Uint8Array): Handled {
    if (this.#delivering) {
      this.#waiting.push(bytes);
      return this.#delivering;
    }
    this.#lines?.push(bytes);
    const handled = this.#deliver();
    if (handled) return (this.#delivering = this.#deliverRest(handled));
  }

  #lineEnd(): LineEnd {
    if (this.delimiter === "\n") return "lf";
    return this.acceptsLoneLF ? "either" : "crlf";
  }

  /** Delivers until a handler returns a promise, which is returned. */
  #deliver(): Handled {
    for (;;) {
      if (this.transport.disconnecting) return;
      const line = this.#lines?.next();
      if (line === undefined) return;
      const handled = typeof line === "string" ? this.lineReceived(line) : this.#refuse(line);
      if (handled) return handled;
    }
  }

  #refuse(line: Exclude<SplitLine, string>): Handled {
    return line.kind === "too-long" ? this.lineLengthExceeded() : this.undecodableLineReceived(line.bytes);
  }

  async #deliverRest(first: PromiseLike<unknown>): Promise<void> {
    let handled: Handled = first;
    while (handled) {
      await handled;
      handled = this.#deliver() ?? this.#deliverWaiting();
    }
    this.#delivering = undefined;
  }

  #deliverWaiting(): Handled {
    for (let bytes = this.#waiting.shift(); bytes; bytes = this.#waiting.shift()) {
      this.#lines?.push(bytes);
      const handled = this.#deliver();
      if (handled) return handled;
    }
  }
}
