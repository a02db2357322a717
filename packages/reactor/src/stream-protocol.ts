import { Duplex } from "node:stream";
import type { DelayedCall } from "./clock.ts";
import type { CloseReason } from "./close-reason.ts";
import type { Factory } from "./factory.ts";
import { type Handled, Protocol } from "./protocol.ts";
import type { Transport } from "./transport.ts";

/**
 * A protocol that is spoken by a library of streams: `stream` is the connection as Node's `Duplex`, with
 * back-pressure both ways. What the reactor knows of limits, TLS and shutdown holds for it too. A server of Node's that
 * does not listen itself watches over no headers and no idle connections: say `idle(factory, …)`.
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
  /** Whether our end stays open when the peer has ended, until it is ended, too. As with sockets, it does not. */
  readonly allowHalfOpen: boolean = false;

  #stream: ConnectionStream | undefined;

  /** There from `connectionMade` on. */
  get stream(): ConnectionStream {
    if (!this.#stream) throw new Error("Cannot give the stream: the connection is not made yet");
    return this.#stream;
  }

  override makeConnection(transport: Transport): Handled {
    this.#stream = new ConnectionStream(transport, this.allowHalfOpen);
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

/** A connection as a stream of Node, with what libraries look for in a socket. Made by `StreamProtocol`. */
export class ConnectionStream extends Duplex {
  readonly #transport: Transport;
  #taken: ((error?: Error) => void) | undefined;
  #ended: (() => void) | undefined;
  #destroyed: (() => void) | undefined;
  #isLost = false;
  #timeoutMs = 0;
  #timeout: DelayedCall | undefined;

  constructor(transport: Transport, allowHalfOpen: boolean) {
    super({ allowHalfOpen });
    this.#transport = transport;
    // The protocol is told by `connectionLost`; an error that no library listens for must not end the program.
    this.on("error", () => {});
  }

  get remoteAddress(): string | undefined {
    const { peer } = this.#transport;
    return peer.kind === "tcp" ? peer.host : undefined;
  }

  get remotePort(): number | undefined {
    const { peer } = this.#transport;
    return peer.kind === "tcp" ? peer.port : undefined;
  }

  /** Emits `timeout` when nothing was read or written for so long; 0: never. As `net.Socket` does, but on the reactor's clock. */
  setTimeout(timeoutMs: number, listener?: () => void): this {
    if (listener) this.once("timeout", listener);
    this.#timeoutMs = timeoutMs;
    this.#waitForTimeout();
    return this;
  }

  /** The reactor has set it already. */
  setNoDelay(): this {
    return this;
  }

  /** The reactor has set it already. */
  setKeepAlive(): this {
    return this;
  }

  /** @internal */
  received(bytes: Uint8Array): void {
    this.#waitForTimeout();
    if (!this.push(bytes)) this.#transport.pauseReading();
  }

  /** @internal */
  writeEnded(): void {
    this.#ended?.();
  }

  /** A connection that ended in good order ends the stream in good order.
   * @internal */
  lost({ kind, error }: CloseReason): void {
    this.#isLost = true;
    this.#timeout?.cancel();
    this.#settleWrite(new Error("the connection ended before all that was written was taken"));
    this.#ended?.();
    this.#destroyed?.();
    if (kind === "done" || kind === "shutdown") this.push(null);
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

  /** What was written still leaves, and `close` comes when the connection has ended. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#timeout?.cancel();
    if (this.#isLost) return done(error);
    this.#destroyed = () => done(error);
    void this.#transport.loseConnection();
  }

  #writeAll(parts: Uint8Array[], done: (error?: Error) => void): void {
    this.#waitForTimeout();
    if (this.#transport.disconnecting) return done(new Error("the connection is closed or closing"));
    if (this.#transport.writeSequence(parts)) return done();
    this.#taken = done;
    this.#transport.onDrain(() => this.#settleWrite());
  }

  #settleWrite(error?: Error): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.(error);
  }

  #waitForTimeout(): void {
    this.#timeout?.cancel();
    if (this.#timeoutMs <= 0 || this.destroyed) return;
    this.#timeout = this.#transport.clock.callLater(this.#timeoutMs, () => void this.emit("timeout"));
  }
}
