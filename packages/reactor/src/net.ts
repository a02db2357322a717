import type { Address, StdioAddress, TcpAddress, UnixAddress } from "./address.ts";
import type { CloseReason } from "./close-reason.ts";
import type { DatagramEvents, DatagramSocket, UdpPlace } from "./datagrams/datagram-socket.ts";
import type { Security } from "./tls/tls-options.ts";

/**
 * What makes connections and binds ports: `nodeNet` makes real ones, `MemoryNetwork` (in `@trofie/reactor/testing`) makes
 * them in memory. A `Reactor` is given one and runs unchanged on either.
 */
export interface Net {
  /** Listens until the listener is closed. Rejects with `AddressInUseError` or `CannotListenError`. */
  listen(place: ListenPlace, accept: (wire: Wire) => void): Promise<Listener>;

  /** Dials once; `signal` gives up. Rejects with `ConnectError`, or with the signal's reason. */
  connect(address: Address, signal: AbortSignal, localHost?: string): Promise<Wire>;

  /** Binds a port for datagrams. Rejects with `AddressInUseError` or `CannotListenError`. */
  bindUDP(place: UdpPlace, events: DatagramEvents): Promise<DatagramSocket>;
}

/** Where to listen. */
export type ListenPlace =
  | (TcpAddress & {
      readonly backlog: number;
      /** Others may listen on the same port, and the kernel shares connections out among them. */
      readonly reusePort: boolean;
    })
  | (UnixAddress & { readonly mode: number })
  /** A listening socket that whoever started this process has opened. */
  | { readonly kind: "fd"; readonly fd: number }
  /** One connection, which is there already. */
  | StdioAddress;

/** A place that is listened at. */
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

  /** A limit of ours holds back some of that, and lets it go later: the peer is not to blame for it. */
  readonly isHoldingBack?: boolean;

  /** It has failed or was destroyed; what is written goes nowhere, and `gone` follows. */
  readonly isBroken: boolean;

  /** What is known of the peer, where TLS secures the wire. */
  readonly security?: Security | undefined;

  /** Begins to tell of its events. Called again, it tells another one instead. */
  start(events: WireEvents): void;
  /** Tells of no bytes until `resume`. */
  pause(): void;

  /** Tells of the bytes that have come and of those that come. */
  resume(): void;

  /** Sends the parts, in order, in one system call where that is possible. */
  write(parts: readonly (string | Uint8Array)[]): void;

  /** Says FIN after all that was written. Reading goes on. */
  end(): void;

  /** Ends now; the peer sees a reset (where the kind of wire knows one). */
  reset(): void;

  /** Ends now, without being rude about it. */
  destroy(): void;

  /** The connection that it carried has ended, for this reason: for layers that keep a record. */
  closed?(reason: CloseReason): void;
}

/** What has not happened for too long. */
export type IdleKind = "read" | "write" | "all";

/** What happens on a wire, told to the connection that drives it. */
export interface WireEvents {
  received(bytes: Uint8Array): void;

  /** The peer said FIN. */
  ended(): void;

  /**
   * All that was written has been taken. May be said more often than needed, and need not be said of what was taken
   * within `write`: then `unsentBytes` is 0 after it.
   */
  drained(): void;

  /** All that was written has been taken, and our FIN too. */
  finished(): void;

  /** Nothing has happened for as long as a layer was told to watch for (see `idle`). */
  idle?(kind: IdleKind): void;

  /** The last event, exactly once. An error means that it did not end by both sides' FIN. */
  gone(error?: Error): void;
}
