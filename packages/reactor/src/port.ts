import type { Address } from "./address.ts";
import type { Listener } from "./net.ts";

/** A place where a reactor listens. `await using` closes it at the end of a block. */
export interface Port extends AsyncDisposable {
  /** Where it listens; the real port number, where 0 was asked for. */
  readonly address: Address;

  /**
   * Stops accepting. Connections made before live on, and the factory is stopped when the last of them has
   * ended. Called again, it waits for the same end.
   */
  stopListening(): Promise<void>;
}

export class ListeningPort implements Port {
  readonly #listener: Listener;
  readonly #closed: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(listener: Listener, closed: () => Promise<void>) {
    this.#listener = listener;
    this.#closed = closed;
  }

  get address(): Address {
    return this.#listener.address;
  }

  stopListening(): Promise<void> {
    this.#closing ??= this.#listener.close().then(this.#closed);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stopListening();
  }
}
