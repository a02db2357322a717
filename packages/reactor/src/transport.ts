import type { Address } from "./address.ts";
import type { CloseReason, CloseReport } from "./close-reason.ts";
import type { Handled, Protocol } from "./protocol.ts";

/**
 * A protocol's way to its peer. TCP, UNIX sockets, memory and test doubles are all of this one shape, and pass
 * the same conformance suite (`checkTransport` in `@trofie/reactor/testing`).
 */
export interface Transport {
  readonly host: Address;
  readonly peer: Address;

  /** True from the moment that nothing more can be written. */
  readonly disconnecting: boolean;

  /** Bytes written and not yet taken by the operating system (text of this turn counts its characters). */
  readonly bufferedBytes: number;

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
  resumeReading(): void;
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
