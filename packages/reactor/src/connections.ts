import type { Address } from "./address.ts";
import type { Clock } from "./clock.ts";
import type { CloseReason } from "./close-reason.ts";
import { Connection } from "./connection.ts";
import { asError } from "./as-error.ts";
import { ProtocolError } from "./errors.ts";
import type { Factory } from "./factory.ts";
import { leaveFactory, shareFactory } from "./factory-use.ts";
import type { Wire } from "./net.ts";
import type { Protocol } from "./protocol.ts";
import { reportFault } from "./report-fault.ts";
import type { TransportLimits } from "./transport.ts";
import { within } from "./within.ts";

export interface CutConnection {
  readonly peer: Address;
  readonly unsentBytes: number;
}

const SHUTDOWN: CloseReason = { kind: "shutdown", by: "local" };

/** All connections of one reactor. */
export class Connections {
  readonly #clock: Clock;
  readonly #limits: TransportLimits;
  /** Wires whose layers are being made. */
  readonly #opening = new Set<Wire>();
  readonly #live = new Set<Connection>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(clock: Clock, limits: TransportLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * Gives the wire to a new protocol of the factory's; `null` when the factory refused. Rejects when the layers
   * under the protocol could not be made. Without layers that take time it is all done within the call.
   */
  async accept<P extends Protocol<object>>(wire: Wire, factory: Factory<P>): Promise<P | null> {
    shareFactory(factory);
    this.#opening.add(wire);
    try {
      const wrapped = factory.wrapWire(wire, this.#clock);
      return this.#drive(wrapped instanceof Promise ? await wrapped : wrapped, factory);
    } catch (error) {
      wire.destroy();
      this.#leave(factory);
      throw error;
    } finally {
      this.#opening.delete(wire);
    }
  }

  #drive<P extends Protocol<object>>(wire: Wire, factory: Factory<P>): P | null {
    const protocol = buildProtocol(factory, wire.peer);
    if (!protocol) {
      refuse(wire);
      this.#leave(factory);
      return null;
    }
    const ended = (connection: Connection) => this.#ended(connection, factory, protocol);
    const connection = new Connection({ wire, protocol, clock: this.#clock, limits: this.#limits, ended });
    this.#live.add(connection);
    connection.start();
    return protocol;
  }

  /** Lets every protocol finish and closes; tells what had to be cut at the deadline. */
  async stop(deadlineMs: number): Promise<CutConnection[]> {
    for (const wire of this.#opening) wire.destroy();
    await within(this.#clock, deadlineMs, Promise.all([...this.#live].map(finishAndClose)));
    return Promise.all([...this.#live].map(cut));
  }

  /** Resolves when the factories that ended connections have left are stopped, if those were the last to leave. */
  async factoriesLeft(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  #ended<P extends object>(connection: Connection, factory: Factory<P>, protocol: P): void {
    this.#live.delete(connection);
    try {
      factory.connectionEnded(protocol);
    } catch (error) {
      reportFault({ error: asError(error), source: factory });
    }
    this.#leave(factory);
  }

  #leave(factory: Factory<object>): void {
    const leaving = leaveFactory(factory)
      .catch((error) => reportFault({ error: asError(error), source: factory }))
      .finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }
}

async function finishAndClose(connection: Connection): Promise<void> {
  await connection.stopping();
  await connection.close(SHUTDOWN);
}

async function cut(connection: Connection): Promise<CutConnection> {
  const unsentBytes = connection.bufferedBytes;
  connection.cut(SHUTDOWN);
  await connection.closed;
  return { peer: connection.peer, unsentBytes };
}

function buildProtocol<P extends Protocol<object>>(factory: Factory<P>, peer: Address): P | null {
  try {
    return factory.buildProtocol(peer);
  } catch (error) {
    reportFault({ error: asError(error), source: factory });
    return null;
  }
}

function refuse(wire: Wire): void {
  wire.start({
    received: ignore,
    ended: ignore,
    drained: ignore,
    finished: () => wire.destroy(),
    gone: ignore,
  });
  wire.resume();
  wire.end();
}

/** A peer that could not even begin is not worth a word; a bug in a layer is. */
export function reportAcceptFailure(thrown: unknown, factory: Factory<object>): void {
  const error = asError(thrown);
  if (!(error instanceof ProtocolError) && !("syscall" in error)) reportFault({ error, source: factory });
}

function ignore(): void {}
