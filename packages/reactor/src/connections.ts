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
import { reportRefusal } from "./report-refusal.ts";
import type { TransportLimits } from "./transport.ts";
import { within } from "./within.ts";

/** Who wants to know how many connections there are: the port that accepted them. */
export interface ConnectionCounter {
  count(change: 1 | -1): void;
}

export interface AcceptSettings<P extends Protocol<object>> {
  readonly wire: Wire;
  readonly factory: Factory<P>;
  readonly counter?: ConnectionCounter | undefined;
  /** Gives up while the layers under the protocol are being made. */
  readonly signal?: AbortSignal | undefined;
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

  /**
   * Gives the wire to a new protocol of the factory's; `null` when the factory refused. Rejects when the layers
   * under the protocol could not be made. Without layers that take time it is all done within the call.
   */
  async accept<P extends Protocol<object>>(settings: AcceptSettings<P>): Promise<P | null> {
    const { wire, factory, counter, signal } = settings;
    shareFactory(factory);
    counter?.count(1);
    this.#opening.add(wire);
    const giveUp = () => wire.destroy();
    signal?.addEventListener("abort", giveUp);
    try {
      const wrapped = factory.wrapWire(wire, this.#clock);
      return this.#drive(wrapped instanceof Promise ? await wrapped : wrapped, settings);
    } catch (error) {
      wire.destroy();
      this.#leave(factory, counter);
      throw signal?.aborted ? asError(signal.reason) : error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
      this.#opening.delete(wire);
    }
  }

  #drive<P extends Protocol<object>>(wire: Wire, { factory, counter }: AcceptSettings<P>): P | null {
    const protocol = buildProtocol(factory, wire.peer);
    if (!protocol) {
      reportRefusal({ peer: wire.peer, why: "the factory builds no protocol for it" });
      refuse(wire);
      this.#leave(factory, counter);
      return null;
    }
    const ended = (connection: Connection) => {
      this.#live.delete(connection);
      tellEnded(factory, protocol);
      this.#leave(factory, counter);
    };
    const limits = factory.limits ? { ...this.#limits, ...factory.limits } : this.#limits;
    const connection = new Connection({ wire, protocol, clock: this.#clock, limits, ended });
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
