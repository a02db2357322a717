/**
 * Why a connection ended; given to `connectionLost`, exactly once per connection.
 *
 * | kind             | what happened                                                              |
 * | ---------------- | -------------------------------------------------------------------------- |
 * | `done`           | closed in good order                                                       |
 * | `lost`           | cut: a reset, a dead network, a killed peer                                |
 * | `aborted`        | `abortConnection()` was called                                             |
 * | `timeout`        | the peer was silent, or took nothing, for longer than allowed              |
 * | `refused`        | never became a connection: only in a `ConnectError`                        |
 * | `protocol-error` | a handler threw, or the peer broke the protocol's rules                    |
 * | `slow-consumer`  | the peer did not read, and more waited to be sent than is allowed          |
 * | `shutdown`       | the reactor was stopped                                                    |
 */
export interface CloseReason {
  /** One of the words in the table. */
  readonly kind:
    "done" | "lost" | "aborted" | "timeout" | "refused" | "protocol-error" | "slow-consumer" | "shutdown";

  /** Who ended it. */
  readonly by: "local" | "peer";

  /** What went wrong, where an error was the cause. */
  readonly error?: Error;
}

/** What became of everything that was written, once a connection has ended. */
export interface CloseReport {
  readonly reason: CloseReason;

  /** All bytes and our FIN were taken by the operating system. */
  readonly flushed: boolean;

  /** The peer's FIN was seen, so it had read to the end of what it wanted. */
  readonly peerEnded: boolean;

  /** Bytes that waited here when it was cut, as far as that is known; 0 when flushed. */
  readonly unsentBytes: number;
}
