import { StringTooLongError } from "../errors.ts";
import type { Factory } from "../factory.ts";
import type { Handled } from "../protocol.ts";
import { type Parser, Receiver } from "../receiver.ts";
import { intPrefix, type IntString, IntStringParser, type PrefixBytes } from "./int-string-parser.ts";

/** What `Int8StringReceiver`, `Int16StringReceiver` and `Int32StringReceiver` have in common. */
abstract class IntStringReceiver<F extends object> extends Receiver<IntString, F> {
  /** How many bytes the length takes. */
  abstract readonly prefixLengthBytes: PrefixBytes;

  /** The longest string that is taken, in bytes. */
  readonly maxLengthBytes: number = 99_999;

  /** A string came, without its length. A promise holds back the next one. */
  stringReceived(_bytes: Uint8Array): Handled {}

  /**
   * The peer announces a string that is longer than `maxLengthBytes`. Closes, unless overridden; whatever is
   * done, nothing more is delivered, because nobody can tell where the next string begins.
   */
  lengthLimitExceeded(_lengthBytes: number): Handled {
    void this.transport.loseConnection();
  }

  /** Sends one string after its length, in one write. Throws `StringTooLongError` when no prefix can tell it. */
  sendString(string: Uint8Array | string): void {
    const bytes = typeof string === "string" ? new TextEncoder().encode(string) : string;
    const most = 256 ** this.prefixLengthBytes - 1;
    if (bytes.length > most) throw new StringTooLongError(bytes.length, most);
    this.transport.writeSequence([intPrefix(bytes.length, this.prefixLengthBytes), bytes]);
  }

  protected override makeParser(): Parser<IntString> {
    return new IntStringParser(this.prefixLengthBytes, this.maxLengthBytes);
  }

  protected override messageReceived(string: IntString): Handled {
    if (string instanceof Uint8Array) return this.stringReceived(string);
    return this.lengthLimitExceeded(string.lengthBytes);
  }
}

/** A protocol of strings of up to 255 bytes, with their length in one byte before them. */
export class Int8StringReceiver<F extends object = Factory<object>> extends IntStringReceiver<F> {
  readonly prefixLengthBytes = 1;
}

/** A protocol of strings of up to 65,535 bytes, with their length in two bytes before them. */
export class Int16StringReceiver<F extends object = Factory<object>> extends IntStringReceiver<F> {
  readonly prefixLengthBytes = 2;
}

/** A protocol of strings with their length in four bytes before them. */
export class Int32StringReceiver<F extends object = Factory<object>> extends IntStringReceiver<F> {
  readonly prefixLengthBytes = 4;
}
