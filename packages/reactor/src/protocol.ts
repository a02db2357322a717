import type { CloseReason } from "./close-reason.ts";
import { IdleError } from "./errors.ts";
import type { Factory } from "./factory.ts";
import type { IdleKind } from "./net.ts";
import type { Transport } from "./transport.ts";

/** What a handler returns: nothing, or a promise that is waited for before the next data comes. */
export type Handled = void | PromiseLike<unknown>;

/**
 * One connection's conversation. Start here if you write a new protocol: extend it (or `LineOnlyReceiver`),
 * override what you care for, and talk through `this.transport`; what connections share lives in
 * `this.factory`.
 *
 * A handler that throws, or whose promise rejects, ends this one connection with reason `protocol-error` and
 * touches nothing else.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- It types what subclasses see as `factory`.
export class Protocol<F extends object = Factory<object>> {
  /** Set by `makeConnection`, before `connectionMade`. */
  declare transport: Transport;

  /** Set by `Factory.buildProtocol`. */
  declare factory: F;

  /** Called by the reactor; override `connectionMade` instead. */
  makeConnection(transport: Transport): Handled {
    this.transport = transport;
    return this.connectionMade();
  }

  /** The connection is there; nothing has been read yet. Greet here. */
  connectionMade(): Handled {}

  /** Some bytes came: as many, or as few, as the network pleased. Never mistake them for a message. */
  dataReceived(_bytes: Uint8Array): Handled {}

  /** All that was written has been taken, after `write` returned false. */
  writeDrained(): Handled {}

  /**
   * The peer has said that it sends nothing more, and all that it sent was handled. Closes, unless overridden;
   * then writing goes on until `loseConnection` (Twisted's `IHalfCloseableProtocol`).
   */
  readConnectionLost(): Handled {
    void this.transport.loseConnection();
  }

  /** After `loseWriteConnection`: all that was written has been taken, and the end too. */
  writeConnectionLost(): Handled {}

  /** Nothing was read or written for as long as the factory allows (see `idle`). Closes, unless overridden. */
  connectionIdle(kind: IdleKind): Handled {
    throw new IdleError(kind);
  }

  /** How much has come that was handed to no handler yet. A receiver knows; TLS does not begin before it is 0. */
  get unreadBytes(): number {
    return 0;
  }

  /** The reactor is stopping: finish what must be finished. The promise is waited for, up to a deadline. */
  reactorStopping(): Handled {}

  /** The connection has ended. Called exactly once, and nothing is called after it. */
  connectionLost(_reason: CloseReason): Handled {}
}
