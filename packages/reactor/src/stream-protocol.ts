import { Duplex } from "node:stream";
import type { CloseReason } from "./close-reason.ts";
import type { Factory } from "./factory.ts";
import { type Handled, Protocol } from "./protocol.ts";
import type { Transport } from "./transport.ts";

/**
 * A protocol that is spoken by a library of streams: `stream` is the connection as Node's `Duplex`, with
 * back-pressure both ways, half-close and all. What the reactor knows of limits, TLS and shutdown holds for it too.
 *
 * ```ts
 * class Web extends StreamProtocol {
 *   override connectionMade() {
 *     webServer.emit("connection", this.stream); // An `http.Server` that does not listen itself.
 *   }
 * }
 * ```
 */
export class StreamProtocol<F extends object = Factory<object>> extends Protocol<F> {
  #stream: TransportStream | undefined;

  /** There from `connectionMade` on. */
  get stream(): Duplex {
    if (!this.#stream) throw new Error("Cannot give the stream: the connection is not made yet");
    return this.#stream;
  }

  override makeConnection(transport: Transport): Handled {
    this.#stream = new TransportStream(transport);
    return super.makeConnection(transport);
  }

  override dataReceived(bytes: Uint8Array): void {
    this.#stream?.received(bytes);
  }

  override readConnectionLost(): void {
    this.#stream?.push(null);
  }

  override writeConnectionLost(): void {
    this.#stream?.writeEnded();
  }

  override connectionLost(reason: CloseReason): Handled {
    this.#stream?.lost(reason);
  }
}

class TransportStream extends Duplex {
  readonly #transport: Transport;
  #ended: (() => void) | undefined;

  constructor(transport: Transport) {
    super({ allowHalfOpen: true });
    this.#transport = transport;
  }

  received(bytes: Uint8Array): void {
    if (!this.push(bytes)) this.#transport.pauseReading();
  }

  writeEnded(): void {
    this.#ended?.();
  }

  /** A connection that ended in good order ends the stream in good order. */
  lost({ kind, error }: CloseReason): void {
    this.#ended?.();
    if (kind === "done") this.push(null);
    else this.destroy(error ?? new Error(`the connection ended: ${kind}`));
  }

  override _read(): void {
    if (this.#transport.isReadingPaused) this.#transport.resumeReading();
  }

  override _write(bytes: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    this.#writeAll([bytes], done);
  }

  override _writev(chunks: { readonly chunk: Uint8Array }[], done: (error?: Error) => void): void {
    this.#writeAll(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: () => void): void {
    if (this.#transport.disconnecting) return done();
    this.#ended = done;
    this.#transport.loseWriteConnection();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (error) this.#transport.abortConnection();
    else void this.#transport.loseConnection();
    done(error);
  }

  #writeAll(parts: Uint8Array[], done: (error?: Error) => void): void {
    if (this.#transport.disconnecting) return done(new Error("the connection is closed or closing"));
    if (this.#transport.writeSequence(parts)) done();
    else this.#transport.onDrain(done);
  }
}
