import type { Address, TcpAddress, UnixAddress } from "./address.ts";

/**
 * What makes connections: `nodeNet` makes real ones, `MemoryNetwork` (in `@trofie/reactor/testing`) makes
 * them in memory. A `Reactor` is given one and runs unchanged on either.
 */
export interface Net {
  /** Listens until the listener is closed. Rejects with `AddressInUseError` or `CannotListenError`. */
  listen(place: ListenPlace, accept: (wire: Wire) => void): Promise<Listener>;

  /** Dials once; `signal` gives up. Rejects with `ConnectError`, or with the signal's reason. */
  connect(address: Address, signal: AbortSignal): Promise<Wire>;
}

export type ListenPlace =
  (TcpAddress & { readonly backlog: number }) | (UnixAddress & { readonly mode: number });

export interface Listener {
  /** Where it listens: the real port, where port 0 was asked for. */
  readonly address: Address;

  /** Stops accepting, at once; connections made before live on. */
  close(): Promise<void>;
}

/**
 * One connection as the operating system offers it: no policy, no protocol. A wire starts paused; nothing of
 * it calls its events before `start`, nor from inside one of its own methods.
 */
export interface Wire {
  readonly host: Address;
  readonly peer: Address;

  /** Bytes that were written and that the operating system has not yet taken. */
  readonly unsentBytes: number;

  /** It has failed or was destroyed; what is written goes nowhere, and `gone` follows. */
  readonly isBroken: boolean;

  start(events: WireEvents): void;
  pause(): void;
  resume(): void;

  /** Sends the parts, in order, in one system call where that is possible. */
  write(parts: readonly (string | Uint8Array)[]): void;

  /** Says FIN after all that was written. Reading goes on. */
  end(): void;

  /** Ends now; the peer sees a reset (where the kind of wire knows one). */
  reset(): void;

  /** Ends now, without being rude about it. */
  destroy(): void;
}

/** What happens on a wire, told to the connection that drives it. */
export interface WireEvents {
  received(bytes: Uint8Array): void;

  /** The peer said FIN. */
  ended(): void;

  /** All that was written has been taken. May be said more often than needed. */
  drained(): void;

  /** All that was written has been taken, and our FIN too. */
  finished(): void;

  /** The last event, exactly once. An error means that it did not end by both sides' FIN. */
  gone(error?: Error): void;
}
