import type { Address } from "./address.ts";
import type { Clock, DelayedCall } from "./clock.ts";
import { Connections, type CutConnection, reportAcceptFailure } from "./connections.ts";
import { dial } from "./dial.ts";
import { parseEndpoint } from "./endpoint.ts";
import { ConnectError, ReactorStoppedError } from "./errors.ts";
import type { Factory } from "./factory.ts";
import { leaveFactory, useFactory } from "./factory-use.ts";
import type { ListenPlace, Net, Wire } from "./net.ts";
import { nodeNet } from "./node-net.ts";
import { ListeningPort, type Port } from "./port.ts";
import type { Protocol } from "./protocol.ts";
import type { Random } from "./random.ts";
import { systemClock } from "./system-clock.ts";
import { systemRandom } from "./system-random.ts";
import { DEFAULT_LIMITS, type TransportLimits } from "./transport.ts";
import { within } from "./within.ts";

export interface ReactorOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly net?: Net;
  /** Bounds of every connection; what is left out keeps its default. */
  readonly limits?: Partial<TransportLimits>;
}

export interface ListenTCPOptions {
  readonly interface?: string;
  readonly backlog?: number;
}

export interface ListenUNIXOptions {
  /** Permissions of the socket; only its owner may connect by default. */
  readonly mode?: number;
}

export interface ConnectOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a reactor had to cut when it stopped, because it was not done by the deadline. */
export interface StopReport {
  readonly cut: readonly CutConnection[];
}

/**
 * Owns ports and connections. There may be many in a process; one that was stopped starts again with its
 * next `listen` or `connect`. `await using` stops it at the end of a block.
 */
export class Reactor implements AsyncDisposable {
  readonly clock: Clock;
  readonly random: Random;
  readonly #net: Net;
  readonly #connections: Connections;
  readonly #ports = new Set<Port>();
  readonly #calls = new Set<DelayedCall>();
  #state: "running" | "stopping" | "stopped" = "running";
  #stopped: Promise<StopReport> = Promise.resolve({ cut: [] });
  #attempts = new AbortController();

  constructor({ clock = systemClock, random = systemRandom, net = nodeNet, limits }: ReactorOptions = {}) {
    this.clock = clock;
    this.random = random;
    this.#net = net;
    this.#connections = new Connections(clock, { ...DEFAULT_LIMITS, ...limits });
  }

  /** Listens on a TCP port (0: any that is free), on loopback unless told otherwise. */
  listenTCP<P extends Protocol<object>>(
    port: number,
    factory: Factory<P>,
    { interface: host = "127.0.0.1", backlog = 511 }: ListenTCPOptions = {},
  ): Promise<Port> {
    return this.#listen({ kind: "tcp", host, port, backlog }, factory);
  }

  /** Listens on a UNIX socket. One that a dead program left behind is replaced; a live one is an error. */
  listenUNIX<P extends Protocol<object>>(
    path: string,
    factory: Factory<P>,
    { mode = 0o600 }: ListenUNIXOptions = {},
  ): Promise<Port> {
    return this.#listen({ kind: "unix", path, mode }, factory);
  }

  /** Listens at `tcp:1234`, `unix:/run/x:mode=660`, `tcp://127.0.0.1:1234`, … */
  listen<P extends Protocol<object>>(endpoint: string, factory: Factory<P>): Promise<Port> {
    const { settings, ...place } = parseEndpoint(endpoint);
    if (place.kind === "tcp") return this.#listen({ backlog: 511, ...settings, ...place }, factory);
    return this.#listen({ mode: 0o600, ...settings, ...place }, factory);
  }

  /** Connects once. Resolves with the protocol, after its `connectionMade`; rejects with `ConnectError`. */
  connectTCP<P extends Protocol<object>>(
    host: string,
    port: number,
    factory: Factory<P>,
    options?: ConnectOptions,
  ): Promise<P> {
    return this.#connect({ kind: "tcp", host, port }, factory, options);
  }

  connectUNIX<P extends Protocol<object>>(
    path: string,
    factory: Factory<P>,
    options?: ConnectOptions,
  ): Promise<P> {
    return this.#connect({ kind: "unix", path }, factory, options);
  }

  /** Connects to `tcp:host=example.org:port=1234`, `unix:/run/x`, `tcp://[::1]:1234`, … */
  connect<P extends Protocol<object>>(
    endpoint: string,
    factory: Factory<P>,
    options?: ConnectOptions,
  ): Promise<P> {
    const { settings, ...address } = parseEndpoint(endpoint);
    return this.#connect(address, factory, { ...settings, ...options });
  }

  /** Calls `fn` after `delayMs`, unless the reactor is stopped before. */
  callLater(delayMs: number, fn: () => void): DelayedCall {
    const call = this.clock.callLater(delayMs, () => {
      this.#calls.delete(call);
      fn();
    });
    this.#calls.add(call);
    return call;
  }

  /**
   * Runs `fn` in a turn of the reactor, after those that were asked for before. What it returns or throws comes
   * back by the promise; on a reactor that does not run it rejects, and nothing is silently kept for later.
   */
  callFromThread<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    return Promise.resolve().then(() => {
      if (this.#state !== "running") throw new ReactorStoppedError("Cannot call: the reactor is stopped");
      return fn();
    });
  }

  /**
   * Stops accepting, lets protocols finish (`reactorStopping`, and handlers that still run), flushes, closes, and
   * waits for the factories to stop. What is not done after `deadlineMs` is cut, and told in the report. Never
   * rejects.
   */
  stop({ deadlineMs = 5_000 }: { readonly deadlineMs?: number } = {}): Promise<StopReport> {
    if (this.#state === "running") this.#stopped = this.#stopAll(deadlineMs);
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #listen<P extends Protocol<object>>(place: ListenPlace, factory: Factory<P>): Promise<Port> {
    this.#begin();
    await useFactory(factory);
    try {
      const listener = await this.#net.listen(place, (wire) => this.#accept(wire, factory));
      const port = new ListeningPort(listener, () => this.#portClosed(port, factory));
      this.#ports.add(port);
      if (this.#state !== "running") await port.stopListening();
      return port;
    } catch (error) {
      await leaveFactory(factory);
      throw error;
    }
  }

  #accept<P extends Protocol<object>>(wire: Wire, factory: Factory<P>): void {
    this.#connections.accept(wire, factory).catch((error) => reportAcceptFailure(error, factory));
  }

  async #portClosed(port: Port, factory: Factory<object>): Promise<void> {
    this.#ports.delete(port);
    await leaveFactory(factory);
  }

  async #connect<P extends Protocol<object>>(
    address: Address,
    factory: Factory<P>,
    { timeoutMs = 30_000, signal }: ConnectOptions = {},
  ): Promise<P> {
    this.#begin();
    const signals = signal ? [this.#attempts.signal, signal] : [this.#attempts.signal];
    await useFactory(factory);
    try {
      const wire = await dial({ net: this.#net, clock: this.clock, address, timeoutMs, signals });
      const protocol = await this.#connections.accept(wire, factory);
      if (protocol) return protocol;
      throw new ConnectError(address, "the factory refused the connection", { kind: "aborted", by: "local" });
    } finally {
      await leaveFactory(factory);
    }
  }

  #begin(): void {
    if (this.#state === "stopping") throw new ReactorStoppedError("Cannot begin: the reactor is stopping");
    if (this.#state === "stopped") this.#attempts = new AbortController();
    this.#state = "running";
  }

  async #stopAll(deadlineMs: number): Promise<StopReport> {
    this.#state = "stopping";
    this.#attempts.abort(new ReactorStoppedError("Cannot connect: the reactor is stopping"));
    for (const call of this.#calls) call.cancel();
    this.#calls.clear();
    const portsClosed = Promise.allSettled([...this.#ports].map((port) => port.stopListening()));
    const cut = await this.#connections.stop(deadlineMs);
    await within(this.clock, deadlineMs, Promise.all([portsClosed, this.#connections.factoriesLeft()]));
    this.#state = "stopped";
    return { cut };
  }
}
