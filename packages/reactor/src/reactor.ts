import type { Address, TcpAddress, UnixAddress } from "./address.ts";
import { asError } from "./as-error.ts";
import { Attempt } from "./attempt.ts";
import type { Clock, DelayedCall } from "./clock.ts";
import { Connections, type CutConnection, reportAcceptFailure } from "./connections.ts";
import { dial } from "./dial.ts";
import type { DatagramProtocol } from "./datagrams/datagram-protocol.ts";
import { DatagramPort, type DatagramTransport } from "./datagrams/datagram-transport.ts";
import { type ConnectEndpoint, connectEndpoint } from "./endpoints/connect-endpoint.ts";
import { type ListenEndpoint, listenEndpoint } from "./endpoints/listen-endpoint.ts";
import { ConnectError, ReactorStoppedError, TlsError } from "./errors.ts";
import type { Factory } from "./factory.ts";
import { leaveFactory, useFactory } from "./factory-use.ts";
import { layered } from "./layers/factory-wrapper.ts";
import { shakingHands } from "./layers/shaking-hands.ts";
import type { ListenPlace, Net, Wire } from "./net.ts";
import { nodeNet } from "./node-net.ts";
import { ListeningPort, type Port } from "./port.ts";
import type { Protocol } from "./protocol.ts";
import { proxied } from "./proxy/proxied.ts";
import type { Random } from "./random.ts";
import { reportFault } from "./report-fault.ts";
import { systemClock } from "./system-clock.ts";
import { systemRandom } from "./system-random.ts";
import type { TlsClientOptions, TlsServerOptions } from "./tls/tls-options.ts";
import { checkServer, secure } from "./tls/tls-side.ts";
import { DEFAULT_LIMITS, type TransportLimits } from "./transport.ts";
import { within } from "./within.ts";

/** The world that a reactor lives in; by default the real one. */
export interface ReactorOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly net?: Net;
  /** Bounds of every connection; what is left out keeps its default. */
  readonly limits?: Partial<TransportLimits>;
}

/** How to listen on a TCP port. */
export interface ListenTCPOptions {
  /** The address to listen at; 127.0.0.1 by default. */
  readonly interface?: string;
  /** How many connections may wait to be accepted; 511 by default. */
  readonly backlog?: number;
  /** Others, in other threads or processes, may listen on the same port: the kernel shares out among them. */
  readonly reusePort?: boolean;
}

/** How to bind a UDP port. */
export interface ListenUDPOptions {
  /** The address to bind; 127.0.0.1 by default. */
  readonly interface?: string;
  readonly reusePort?: boolean;
}

/** How to open a UNIX socket. */
export interface ListenUNIXOptions {
  /** Permissions of the socket; only its owner may connect by default. */
  readonly mode?: number;
}

/** How one attempt to connect is made. */
export interface ConnectOptions {
  /** How long it may take; 30 s by default. */
  readonly timeoutMs?: number;
  /** The address of ours to connect from. */
  readonly localHost?: string;
  readonly signal?: AbortSignal | undefined;
}

type DialOptions = { readonly [K in keyof ConnectOptions]: ConnectOptions[K] | undefined };

/** Before all else is stopped, or after all connections have ended. */
export type ShutdownPhase = "before" | "after";

/** What a reactor had to cut when it stopped, because it was not done by the deadline. */
export interface StopReport {
  /** Who was cut, and how much was unsent. */
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
  readonly #ports = new Set<Pick<Port, "stopListening">>();
  readonly #calls = new Set<DelayedCall>();
  readonly #shutdownHooks = new Set<{ readonly phase: ShutdownPhase; readonly fn: () => unknown }>();
  #state: "running" | "stopping" | "stopped" = "running";
  #stopped: Promise<StopReport> = Promise.resolve({ cut: [] });
  readonly #attempts = new Set<Attempt>();

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
    { interface: host = "127.0.0.1", backlog = 511, reusePort = false }: ListenTCPOptions = {},
  ): Promise<Port<TcpAddress>> {
    return this.#listen({ kind: "tcp", host, port, backlog, reusePort }, factory);
  }

  /**
   * Listens on a TCP port for TLS. A connection gets its protocol when its handshake is done. Rejects with
   * `CannotListenError`, too, when a key or certificate cannot be read.
   */
  async listenTLS<P extends Protocol<object>>(
    port: number,
    factory: Factory<P>,
    {
      interface: host = "127.0.0.1",
      backlog = 511,
      reusePort = false,
      ...tls
    }: ListenTCPOptions & TlsServerOptions,
  ): Promise<Port<TcpAddress>> {
    const secured = await securedServer(factory, tls);
    return this.#listen({ kind: "tcp", host, port, backlog, reusePort }, secured);
  }

  /** Listens on a UNIX socket. One that a dead program left behind is replaced; a live one is an error. */
  listenUNIX<P extends Protocol<object>>(
    path: string,
    factory: Factory<P>,
    { mode = 0o600 }: ListenUNIXOptions = {},
  ): Promise<Port<UnixAddress>> {
    return this.#listen({ kind: "unix", path, mode }, factory);
  }

  /**
   * Listens at `tcp:1234`, `tls:443:privateKey=key.pem:certKey=cert.pem`, `unix:/run/x:mode=660`,
   * `systemd:domain=INET:index=0`, `stdio:`, `tcp://127.0.0.1:1234`, … Rejects with `EndpointError`, too.
   */
  async listen<P extends Protocol<object>>(
    endpoint: string | ListenEndpoint,
    factory: Factory<P>,
  ): Promise<Port> {
    const { place, tls, isProxied } = typeof endpoint === "string" ? listenEndpoint(endpoint) : endpoint;
    const secured = tls ? await securedServer(factory, tls) : factory;
    return this.#listen(place, isProxied ? proxied(secured) : secured);
  }

  /** Binds a UDP port (0: any that is free), on loopback unless told otherwise. */
  async listenUDP(
    port: number,
    protocol: DatagramProtocol,
    { interface: host = "127.0.0.1", reusePort = false }: ListenUDPOptions = {},
  ): Promise<DatagramTransport> {
    this.#begin();
    const bound = new DatagramPort(protocol, (closed) => this.#ports.delete(closed));
    bound.start(await this.#net.bindUDP({ kind: "udp", host, port, reusePort }, bound));
    this.#ports.add(bound);
    if (this.#state !== "running") await bound.stopListening();
    return bound;
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

  /** Connects with TLS: the server must prove that it is `serverName`, by default `host`. */
  connectTLS<P extends Protocol<object>>(
    host: string,
    port: number,
    factory: Factory<P>,
    { timeoutMs, localHost, signal, ...tls }: ConnectOptions & TlsClientOptions = {},
  ): Promise<P> {
    const options = { timeoutMs, localHost, signal };
    return this.#connect({ kind: "tcp", host, port }, securedClient(factory, tls), options);
  }

  /** Connects to a UNIX socket once, as `connectTCP` does. */
  connectUNIX<P extends Protocol<object>>(
    path: string,
    factory: Factory<P>,
    options?: ConnectOptions,
  ): Promise<P> {
    return this.#connect({ kind: "unix", path }, factory, options);
  }

  /**
   * Connects to `tcp:host=example.org:port=1234`, `tls:example.org:443`, `unix:/run/x`, `tcp://[::1]:1234`, …
   * Rejects with `EndpointError`, too.
   */
  async connect<P extends Protocol<object>>(
    endpoint: string | ConnectEndpoint,
    factory: Factory<P>,
    options?: ConnectOptions,
  ): Promise<P> {
    const { address, tls, ...settings } = typeof endpoint === "string" ? connectEndpoint(endpoint) : endpoint;
    const secured = tls ? securedClient(factory, tls) : factory;
    return this.#connect(address, secured, { ...settings, ...options });
  }

  /** Calls `fn` after `delayMs`, unless the reactor is stopped before. */
  callLater(delayMs: number, fn: () => void): DelayedCall {
    const call = this.clock.callLater(delayMs, () => {
      this.#calls.delete(call);
      fn();
    });
    this.#calls.add(call);
    const cancel = () => {
      call.cancel();
      this.#calls.delete(call);
    };
    return {
      get active() {
        return call.active;
      },
      cancel,
      [Symbol.dispose]: cancel,
    };
  }

  /**
   * Runs `fn` in a turn of the reactor, after those that were asked for before: for code that is no handler, and must
   * not run in the middle of one. (Another thread has `ReactorThread.callFromThread`.) What it returns or throws comes
   * back by the promise; on a reactor that does not run it rejects, and nothing is silently kept for later.
   */
  callFromThread<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    return Promise.resolve().then(() => {
      if (this.#state !== "running") throw new ReactorStoppedError("Cannot call: the reactor is stopped");
      return fn();
    });
  }

  /**
   * Calls `fn` when the reactor stops: `before` anything else, while all still works, or `after` all connections have
   * ended. Waited for, within the deadline; an error is reported and stops nothing. Disposed, it is taken back.
   */
  onShutdown(phase: ShutdownPhase, fn: () => unknown): Disposable {
    const hook = { phase, fn };
    this.#shutdownHooks.add(hook);
    return { [Symbol.dispose]: () => void this.#shutdownHooks.delete(hook) };
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

  async #listen<P extends Protocol<object>, A extends Address>(
    place: ListenPlace,
    factory: Factory<P>,
  ): Promise<Port<A>> {
    this.#begin();
    const accept = (wire: Wire) => {
      try {
        const accepted = this.#connections.accept(wire, origin);
        if (accepted instanceof Promise) accepted.catch((error) => reportAcceptFailure(error, factory));
      } catch (error) {
        reportAcceptFailure(error, factory);
      }
    };
    const port: ListeningPort<A> = new ListeningPort({
      open: (again) => this.#net.listen(sameAs(place, again), accept),
      closed: () => this.#portClosed(port, factory),
      isInherited: place.kind === "fd" || place.kind === "stdio",
    });
    const origin = this.#connections.originOf(factory, port);
    await useFactory(factory);
    try {
      await port.start();
      this.#ports.add(port);
      if (this.#state !== "running") await port.stopListening();
      return port;
    } catch (error) {
      await leaveFactory(factory);
      throw error;
    }
  }

  async #portClosed(port: Port, factory: Factory<object>): Promise<void> {
    this.#ports.delete(port);
    await leaveFactory(factory);
  }

  async #connect<P extends Protocol<object>>(
    address: Address,
    factory: Factory<P>,
    { timeoutMs = 30_000, localHost, signal: given }: DialOptions = {},
  ): Promise<P> {
    this.#begin();
    using attempt = new Attempt(this.#attempts, given);
    await useFactory(factory);
    try {
      const wire = await dial({ net: this.#net, clock: this.clock, address, timeoutMs, localHost, attempt });
      const origin = this.#connections.originOf(factory);
      const protocol = await this.#connections.accept(wire, origin, attempt.signal);
      if (protocol) return protocol;
      throw new ConnectError(address, "the factory refused the connection", { kind: "aborted", by: "local" });
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      throw new ConnectError(address, error.message, { kind: "protocol-error", by: "peer", error });
    } finally {
      await leaveFactory(factory);
    }
  }

  #begin(): void {
    if (this.#state === "stopping") throw new ReactorStoppedError("Cannot begin: the reactor is stopping");
    this.#state = "running";
  }

  async #runShutdownHooks(wanted: ShutdownPhase): Promise<void> {
    const hooks = [...this.#shutdownHooks].filter(({ phase }) => phase === wanted);
    const run = hooks.map(async ({ fn }) => {
      try {
        await fn();
      } catch (error) {
        reportFault({ error: asError(error), source: this });
      }
    });
    await Promise.all(run);
  }

  async #stopAll(deadlineMs: number): Promise<StopReport> {
    this.#state = "stopping";
    const endMs = this.clock.nowMs() + deadlineMs;
    const leftMs = () => Math.max(0, endMs - this.clock.nowMs());
    await within(this.clock, leftMs(), this.#runShutdownHooks("before"));
    const stopping = new ReactorStoppedError("Cannot connect: the reactor is stopping");
    for (const attempt of this.#attempts) attempt.abort(stopping);
    for (const call of this.#calls) call.cancel();
    this.#calls.clear();
    const portsClosed = Promise.allSettled([...this.#ports].map((port) => port.stopListening()));
    const cut = await this.#connections.stop(leftMs());
    await within(this.clock, leftMs(), Promise.all([portsClosed, this.#connections.factoriesLeft()]));
    await within(this.clock, leftMs(), this.#runShutdownHooks("after"));
    this.#state = "stopped";
    return { cut };
  }
}

/** Rejects with `CannotListenError` when no handshake could ever be done. */
async function securedServer<P extends object>(
  factory: Factory<P>,
  server: TlsServerOptions,
): Promise<Factory<P>> {
  await checkServer(server);
  return shakingHands(factory, (wire, clock) => secure(wire, clock, { server }));
}

function securedClient<P extends object>(factory: Factory<P>, client: TlsClientOptions): Factory<P> {
  return layered(factory, (wire, clock) => secure(wire, clock, { client }));
}

/** The place, with the port that it had when it was opened before. */
function sameAs(place: ListenPlace, again: Address | undefined): ListenPlace {
  return place.kind === "tcp" && again?.kind === "tcp" ? { ...place, port: again.port } : place;
}
