import type { Address } from "./address.ts";
import type { Clock } from "./clock.ts";
import type { CloseReason } from "./close-reason.ts";
import { Connection, type ConnectionSettings } from "./connection.ts";
import { asError } from "./as-error.ts";
import { ProtocolError } from "./errors.ts";
import type { Factory } from "./factory.ts";
import { leaveFactory, shareFactory } from "./factory-use.ts";
import type { Wire } from "./net.ts";
import type { Protocol } from "./protocol.ts";
import { reportFault } from "./report-fault.ts";
import { reportRefusal } from "./report-refusal.ts";
import type { TransportLimits } from "./transport.ts";
import { within } from "./within.ts";

/** Who wants to know how many connections there are: the port that accepted them. */
export interface ConnectionCounter {
  count(change: 1 | -1): void;
}

/** Where connections of one factory come from; one object for all of one port. */
export interface Origin<P extends Protocol<object>> extends ConnectionSettings {
  readonly factory: Factory<P>;
  readonly counter: ConnectionCounter | undefined;
}

/** A connection that was not done when the reactor had to stop. */
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

  /** What the connections of a port, or of one attempt, have in common. */
  originOf<P extends Protocol<object>>(factory: Factory<P>, counter?: ConnectionCounter): Origin<P> {
    const limits = factory.limits ? { ...this.#limits, ...factory.limits } : this.#limits;
    const ended = (connection: Connection) => {
      this.#live.delete(connection);
      tellEnded(factory, connection.builtProtocol as P);
      this.#leave(factory, counter);
    };
    return { factory, counter, limits, clock: this.#clock, ended };
  }

  /**
   * Gives the wire to a new protocol of the factory's; `null` when the factory refused. Rejects when the layers
   * under the protocol could not be made, or when `signal` gives them up. Without layers that take time it is all done
   * within the call, and no promise is made.
   */
  accept<P extends Protocol<object>>(
    wire: Wire,
    origin: Origin<P>,
    signal?: AbortSignal,
  ): P | null | Promise<P | null> {
    shareFactory(origin.factory);
    origin.counter?.count(1);
    try {
      const wrapped = origin.factory.wrapWire(wire, this.#clock);
      if (wrapped instanceof Promise) return this.#driveLater(wire, wrapped, origin, signal);
      return this.#drive(wrapped, origin);
    } catch (error) {
      wire.destroy();
      this.#leave(origin.factory, origin.counter);
      throw error;
    }
  }

  async #driveLater<P extends Protocol<object>>(
    wire: Wire,
    wrapped: Promise<Wire>,
    origin: Origin<P>,
    signal: AbortSignal | undefined,
  ): Promise<P | null> {
    this.#opening.add(wire);
    const giveUp = () => wire.destroy();
    signal?.addEventListener("abort", giveUp);
    try {
      return this.#drive(await wrapped, origin);
    } catch (error) {
      wire.destroy();
      this.#leave(origin.factory, origin.counter);
      throw signal?.aborted ? asError(signal.reason) : error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
      this.#opening.delete(wire);
    }
  }

  #drive<P extends Protocol<object>>(wire: Wire, origin: Origin<P>): P | null {
    const protocol = buildProtocol(origin.factory, wire.peer);
    if (!protocol) {
      reportRefusal({ peer: wire.peer, why: "the factory builds no protocol for it" });
      refuse(wire);
      this.#leave(origin.factory, origin.counter);
      return null;
    }
    const connection = new Connection(wire, protocol, origin);
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

  #leave(factory: Factory<object>, counter: ConnectionCounter | undefined): void {
    counter?.count(-1);
    const stopped = leaveFactory(factory);
    if (!stopped) return;
    const leaving = stopped
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

function tellEnded<P extends object>(factory: Factory<P>, protocol: P): void {
  try {
    factory.connectionEnded(protocol);
  } catch (error) {
    reportFault({ error: asError(error), source: factory });
  }
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
