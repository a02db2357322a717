import { ProtocolError } from "./errors.ts";
import type { Factory } from "./factory.ts";
import { LineReader } from "./line-reader.ts";
import type { LineEnd, SplitLine } from "./line-splitter.ts";
import type { Handled } from "./protocol.ts";
import { type Parser, Receiver } from "./receiver.ts";

/**
 * A protocol of lines of UTF-8 text. Override `lineReceived`, answer with `sendLine`.
 *
 * A line may be a slice that keeps alive all the text with which it arrived; one that is stored for long is
 * better stored as bytes.
 */
export class LineOnlyReceiver<F extends object = Factory<object>> extends Receiver<
  SplitLine | Uint8Array,
  F
> {
  /** What ends a line, and what `sendLine` ends it with. */
  readonly delimiter: "\r\n" | "\n" = "\r\n";

  /** With `\r\n`: also take a lone `\n` for the end of a line, as people's `nc` and `telnet` send it. */
  readonly acceptsLoneLF: boolean = false;

  /** The longest line that is delivered, without its delimiter, in bytes. */
  readonly maxLengthBytes: number = 16_384;

  /**
   * A line came, without its delimiter. A promise that it returns holds back the next line, and stops reading
   * from the peer, until it has settled: order and back-pressure without ceremony. After `loseConnection` no
   * more lines are delivered, and none while reading is paused.
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
    // Nearly no line has this character, and looking for one is much faster than looking for two.
    if (line.includes("\n") && line.includes(this.acceptsLoneLF ? "\n" : this.delimiter)) {
      throw new TypeError("Cannot send the line: it contains the end of a line");
    }
    this.transport.write(line + this.delimiter);
  }

  protected override makeParser(): Parser<SplitLine | Uint8Array> {
    return new LineReader(this.lineEnd, this.maxLengthBytes);
  }

  protected override messageReceived(line: SplitLine | Uint8Array): Handled {
    if (typeof line === "string") return this.lineReceived(line);
    if (line instanceof Uint8Array) return;
    return line.kind === "too-long" ? this.lineLengthExceeded() : this.undecodableLineReceived(line.bytes);
  }

  /** Where lines end, by what `delimiter` and `acceptsLoneLF` say. */
  protected get lineEnd(): LineEnd {
    if (this.delimiter === "\n") return "lf";
    return this.acceptsLoneLF ? "either" : "crlf";
  }
}
