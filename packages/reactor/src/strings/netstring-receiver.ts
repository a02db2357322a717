import { ProtocolError, StringTooLongError } from "../errors.ts";
import type { Factory } from "../factory.ts";
import type { Handled } from "../protocol.ts";
import { type Parser, Receiver } from "../receiver.ts";
import { type Netstring, NetstringParser } from "./netstring-parser.ts";

/** A protocol of netstrings: `5:hello,`. Override `stringReceived`, answer with `sendString`. */
export class NetstringReceiver<F extends object = Factory<object>> extends Receiver<Netstring, F> {
  /** The longest string that is taken or sent, in bytes. A longer one is refused when its length is read. */
  readonly maxLengthBytes: number = 99_999;

  /** A string came. A promise holds back the next one. */
  stringReceived(_bytes: Uint8Array): Handled {}

  /** The peer does not send netstrings. Ends the connection; whatever is done, nothing more is delivered. */
  netstringBroken(error: ProtocolError): Handled {
    throw error;
  }

  /** Sends one string, in one write. Throws `StringTooLongError`. */
  sendString(string: Uint8Array | string): void {
    const bytes = typeof string === "string" ? new TextEncoder().encode(string) : string;
    if (bytes.length > this.maxLengthBytes) throw new StringTooLongError(bytes.length, this.maxLengthBytes);
    this.transport.writeSequence([`${bytes.length}:`, bytes, ","]);
  }

  protected override makeParser(): Parser<Netstring> {
    return new NetstringParser(this.maxLengthBytes);
  }

  protected override messageReceived(string: Netstring): Handled {
    if (string instanceof Uint8Array) return this.stringReceived(string);
    return this.netstringBroken(new ProtocolError(`Cannot read the netstring: ${string.why}`));
  }
}
