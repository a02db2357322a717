import type { Address } from "./address.ts";
import { ConnectionCount } from "./connection-count.ts";
import { CannotListenError } from "./errors.ts";
import type { Listener } from "./net.ts";

/** A place where a reactor listens. `await using` closes it at the end of a block. */
export interface Port<A extends Address = Address> extends AsyncDisposable {
  /** Where it listens; the real port number, where 0 was asked for. `connect({ address })` connects to it. */
  readonly address: A;

  /** How many of the connections that it has accepted are alive. */
  readonly connectionCount: number;

  /** Resolves when the number of its connections is as wanted, now or later; rejects with the signal's reason. */
  whenConnectionCount(
    isWanted: (count: number) => boolean,
    options?: { readonly signal?: AbortSignal },
  ): Promise<void>;

  /**
   * Stops accepting until `resume`: the listening socket is closed, so whoever tries meanwhile is refused, and goes
   * elsewhere. Connections live on, and the factory stays started. Rejects with `CannotListenError` where the socket was
   * inherited (`systemd:`, `stdio:`): it could not be opened again.
   */
  suspend(): Promise<void>;

  /** Listens again, at the same address. Rejects as `listen` does, and when the port was closed. */
  resume(): Promise<void>;

  /**
   * Stops accepting. Connections made before live on, and the factory is stopped when the last of them has
   * ended. Called again, it waits for the same end.
   */
  stopListening(): Promise<void>;
}

export interface ListeningPortSettings {
  /** Opens the listening socket; after the first time at the address that it had then. */
  readonly open: (again: Address | undefined) => Promise<Listener>;
  readonly closed: () => Promise<void>;
  /** Whoever started this process has opened the socket. */
  readonly isInherited: boolean;
}

export class ListeningPort<A extends Address = Address> implements Port<A> {
  readonly #settings: ListeningPortSettings;
  readonly #connectionCount = new ConnectionCount();
  #listener: Listener | undefined;
  #address: A | undefined;
  #closing: Promise<void> | undefined;
  /** The end of the latest suspend or resume, so that they never overlap. */
  #settled: Promise<void> = Promise.resolve();

  constructor(settings: ListeningPortSettings) {
    this.#settings = settings;
  }

  async start(): Promise<void> {
    this.#listener = await this.#settings.open(this.#address);
    this.#address = this.#listener.address as A;
  }

  get address(): A {
    return this.#address!;
  }

  get connectionCount(): number {
    return this.#connectionCount.count;
  }

  whenConnectionCount(
    isWanted: (count: number) => boolean,
    options?: { readonly signal?: AbortSignal },
  ): Promise<void> {
    return this.#connectionCount.when(isWanted, options);
  }

  /** A connection was accepted, or one has ended. */
  count(change: 1 | -1): void {
    this.#connectionCount.add(change);
  }

  async suspend(): Promise<void> {
    if (this.#settings.isInherited)
      throw new CannotListenError(
        "Cannot suspend the port: its socket was inherited, and could not be opened again",
      );
    await this.#close();
  }

  resume(): Promise<void> {
    return this.#next(async () => {
      if (this.#closing) throw new CannotListenError("Cannot resume the port: it is closed");
      if (!this.#listener) await this.start();
    });
  }

  stopListening(): Promise<void> {
    this.#closing ??= this.#close().then(this.#settings.closed);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stopListening();
  }

  #close(): Promise<void> {
    return this.#next(async () => {
      const listener = this.#listener;
      this.#listener = undefined;
      await listener?.close();
    });
  }

  #next(step: () => Promise<void>): Promise<void> {
    const done = this.#settled.then(step);
    this.#settled = done.catch(() => {});
    return done;
  }
}
