import type { Address } from "./address.ts";
import type { Clock } from "./clock.ts";
import type { Wire } from "./net.ts";
import type { Protocol } from "./protocol.ts";
import type { TransportLimits } from "./transport.ts";

const UNLIMITED: Disposable = { [Symbol.dispose]() {} };

/**
 * Makes a protocol for each connection, and holds what the connections share: a file, a count, a list of all.
 *
 * ```ts
 * class EchoFactory extends Factory<Echo> {
 *   override protocol = Echo;
 * }
 * ```
 */
export class Factory<P extends object = Protocol> {
  /** Bounds of each connection, where they are others than the reactor's. */
  readonly limits?: Partial<TransportLimits>;

  /** The class whose instances `buildProtocol` makes. */
  protocol?: new () => P;

  /** A factory for protocols that share nothing. */
  static forProtocol<P extends object>(protocol: new () => P): Factory<P> {
    const factory = new Factory<P>();
    factory.protocol = protocol;
    return factory;
  }

  /**
   * Opens what the connections share. Called when the first port or connection begins to use this factory
   * (not once per connection), and waited for before any connection is accepted or dialled.
   */
  startFactory(): void | Promise<void> {}

  /** Closes what they shared: called when the last port is closed *and* the last connection has ended. */
  stopFactory(): void | Promise<void> {}

  /** Makes the protocol for a new connection; `null` refuses it, and the peer is disconnected. */
  buildProtocol(_address: Address): P | null {
    if (!this.protocol) throw new TypeError("Cannot build a protocol: the factory has no `protocol` class");
    const protocol = new this.protocol();
    (protocol as { factory?: unknown }).factory = this;
    return protocol;
  }

  /**
   * Puts layers between a new connection and its protocol (see `layered`). Called before `buildProtocol`, and
   * waited for; when it fails, the connection is closed.
   */
  wrapWire(wire: Wire, _clock: Clock): Wire | Promise<Wire> {
    return wire;
  }

  /**
   * Something that takes time begins before a connection gets its protocol: a handshake of TLS, a header of a load
   * balancer, before which the peer is not known (`null`). What is returned is disposed at its end; `null` refuses it.
   */
  beginHandshake(_peer: Address | null): Disposable | null {
    return UNLIMITED;
  }

  /** A connection has ended, after its protocol was told. */
  connectionEnded(_protocol: P): void {}
}
