import type { Address } from "./address.ts";
import type { Clock } from "./clock.ts";
import type { CloseReason } from "./close-reason.ts";
import { Connection } from "./connection.ts";
import { asError } from "./as-error.ts";
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
  readonly #live = new Set<Connection>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(clock: Clock, limits: TransportLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Gives the wire to a new protocol of the factory's; `null` when the factory refused. */
  accept<P extends Protocol<object>>(wire: Wire, factory: Factory<P>): P | null {
    const protocol = buildProtocol(factory, wire.peer);
    if (!protocol) {
      refuse(wire);
      return null;
    }
    shareFactory(factory);
    const ended = (connection: Connection) => this.#ended(connection, factory);
    const connection = new Connection({ wire, protocol, clock: this.#clock, limits: this.#limits, ended });
    this.#live.add(connection);
    connection.start();
    return protocol;
  }

  /** Lets every protocol finish and closes; tells what had to be cut at the deadline. */
  async stop(deadlineMs: number): Promise<CutConnection[]> {
    await within(this.#clock, deadlineMs, Promise.all([...this.#live].map(finishAndClose)));
    return Promise.all([...this.#live].map(cut));
  }

  /** Resolves when the factories that ended connections have left are stopped, if those were the last to leave. */
  async factoriesLeft(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  #ended(connection: Connection, factory: Factory<object>): void {
    this.#live.delete(connection);
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

function ignore(): void {}
