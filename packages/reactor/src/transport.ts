import type { Address } from "./address.ts";
import type { Clock } from "./clock.ts";
import type { CloseReason, CloseReport } from "./close-reason.ts";
import type { Handled, Protocol } from "./protocol.ts";
import type { Security } from "./tls/tls-options.ts";
import type { TlsSide } from "./tls/tls-side.ts";

/**
 * A protocol's way to its peer. TCP, UNIX sockets, memory and test doubles are all of this one shape, and pass
 * the same conformance suite (`checkTransport` in `@trofie/reactor/testing`).
 */
export interface Transport {
  /** Our own end. */
  readonly host: Address;

  /** The other end; behind `proxied`, the real client. */
  readonly peer: Address;

  /** The reactor's time: what waits should wait by it, so that a test can let it pass. */
  readonly clock: Clock;

  /** True from the moment that nothing more can be written. */
  readonly disconnecting: boolean;

  /** Bytes written and not yet taken by the operating system (text of this turn counts its characters). */
  readonly bufferedBytes: number;

  /** What is known of the peer, where the connection is secured by TLS. */
  readonly security: Security | undefined;

  /** Resolves when the connection has ended; never rejects. */
  readonly closed: Promise<CloseReason>;

  /**
   * Sends text (as UTF-8) or bytes. What one turn writes leaves together, in order. Bytes are not copied:
   * leave them alone afterwards. Returns false when more is waiting than the high-water mark; then stop until
   * `writeDrained` or `onDrain`. Throws `ClosedError` once the connection is closing.
   */
  write(data: string | Uint8Array): boolean;

  /** The same as writing each part. */
  writeSequence(parts: Iterable<string | Uint8Array>): boolean;

  /** Calls `fn` once, when all that was written has been taken; soon, when nothing is waiting. */
  onDrain(fn: () => void): void;

  /** Stops reading; the peer is held back by its own full buffers. */
  pauseReading(): void;

  /** Reads on: first what was read before the pause, then what comes. */
  resumeReading(): void;

  /** The protocol has paused reading. */
  readonly isReadingPaused: boolean;

  /**
   * Calls `handler` once, as the reactor calls one of the protocol's own: its promise holds back what comes next,
   * and what it throws ends the connection. At once, or as soon as reading is resumed.
   */
  whenReading(handler: () => Handled): void;

  /**
   * Gives the connection to another protocol, once the present handler has returned: it is made, gets `unread`
   * (what was read and not yet handled; a receiver's `takeRest()`), and then all that comes.
   */
  switchProtocol(protocol: Protocol<object>, unread?: Uint8Array): void;

  /**
   * Secures the connection from here on (STARTTLS): what was written before leaves as it is, what is written from
   * now on waits for the handshake. Return the promise from the handler. Rejects with `PlaintextUnreadError` when
   * more has come than the handler was given: whoever sits on the wire could have put it there (CVE-2011-0411).
   * Rejects with `TlsError` when the handshake fails; the connection is then lost.
   */
  startTls(side: TlsSide): Promise<void>;

  /**
   * Says that nothing more will be written, after all that was; reading goes on, and the connection ends when the
   * peer has ended too.
   */
  loseWriteConnection(): void;

  /**
   * Closes, and loses nothing: sends all that was written, then FIN, and reads on (discarding) until the
   * peer's FIN or a limit. Closing with unread input would make the operating system send a reset, and the
   * peer would lose the end of what we wrote. Never rejects; called again, it waits for the same end.
   */
  loseConnection(): Promise<CloseReport>;

  /** Ends at once and drops what waits; the peer sees a reset. `connectionLost` follows in a later turn. */
  abortConnection(): void;
}

/** The bounds of one connection. */
export interface TransportLimits {
  /** `write` returns false above this. */
  readonly highWaterBytes: number;

  /** With more than this unsent, the connection ends as `slow-consumer`. */
  readonly maxBufferedBytes: number;

  /** How long a closing connection waits for the peer to take something, and then for its FIN. */
  readonly lingerMs: number;

  /** How much a closing connection reads and discards after its FIN. */
  readonly lingerBytes: number;
}

export const DEFAULT_LIMITS: TransportLimits = {
  highWaterBytes: 64 * 1024,
  maxBufferedBytes: 64 * 1024 * 1024,
  lingerMs: 5_000,
  lingerBytes: 64 * 1024 * 1024,
};
