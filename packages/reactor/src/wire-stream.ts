import { Duplex } from "node:stream";
import { asError } from "./as-error.ts";
import type { Wire, WireEvents } from "./net.ts";

/** A wire as a stream of Node, for what only speaks through streams: TLS does. It allows half-open. */
export class WireStream extends Duplex implements WireEvents {
  readonly #wire: Wire;
  #taken: (() => void) | undefined;
  #ended: (() => void) | undefined;

  constructor(wire: Wire) {
    super({ allowHalfOpen: true });
    this.#wire = wire;
    wire.start(this);
  }

  override _read(): void {
    this.#wire.resume();
  }

  override _write(bytes: Uint8Array, _encoding: string, done: () => void): void {
    this.#writeAll([bytes], done);
  }

  override _writev(chunks: { readonly chunk: Uint8Array }[], done: () => void): void {
    this.#writeAll(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: () => void): void {
    this.#ended = done;
    this.#wire.end();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#wire.destroy();
    this.#settle();
    done(error);
  }

  received(bytes: Uint8Array): void {
    if (!this.push(bytes)) this.#wire.pause();
  }

  ended(): void {
    this.push(null);
  }

  drained(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  finished(): void {
    const ended = this.#ended;
    this.#ended = undefined;
    ended?.();
  }

  gone(error?: Error): void {
    this.#settle();
    if (error) this.destroy(asError(error));
    else this.destroy();
  }

  /** Back-pressure: done when the wire has taken everything. */
  #writeAll(parts: Uint8Array[], done: () => void): void {
    if (this.#wire.isBroken) return done();
    this.#taken = done;
    this.#wire.write(parts);
    if (this.#wire.unsentBytes === 0) this.drained();
  }

  #settle(): void {
    this.drained();
    this.finished();
  }
}
