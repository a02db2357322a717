import type { Address } from "../address.ts";
import type { Clock } from "../clock.ts";
import type { CloseReason, CloseReport } from "../close-reason.ts";
import { ClosedError } from "../errors.ts";
import type { Handled, Protocol } from "../protocol.ts";
import { systemClock } from "../system-clock.ts";
import type { Security } from "../tls/tls-options.ts";
import type { TlsSide } from "../tls/tls-side.ts";
import type { Transport } from "../transport.ts";

/**
 * A transport that goes nowhere: it keeps what a protocol writes, for a test to look at.
 *
 * ```ts
 * const transport = new StringTransport();
 * protocol.makeConnection(transport);
 * protocol.dataReceived(utf8("hello\r\n"));
 * expect(transport.text()).toBe("Hello! How are you?\r\n");
 * ```
 */
export class StringTransport implements Transport {
  readonly host: Address = { kind: "tcp", host: "127.0.0.1", port: 1 };
  readonly peer: Address = { kind: "tcp", host: "127.0.0.1", port: 2 };
  /** The protocol's time; set it to a `VirtualClock` to let it pass. */
  clock: Clock = systemClock;
  readonly #closing = Promise.withResolvers<CloseReport>();
  #written: Uint8Array[] = [];
  #state: "open" | "closing" | "aborted" = "open";
  #drainHooks: (() => void)[] = [];

  /** True while the protocol has paused reading. */
  isReadingPaused = false;

  /** The protocol that has taken over by `switchProtocol`, if any has. */
  protocol: Protocol<object> | undefined;
  #resumeHooks: (() => Handled)[] = [];

  /** What `startTls` was given, if it was called. */
  tlsSide: TlsSide | undefined;

  /** Set it to what the protocol shall know of its peer. */
  security: Security | undefined;

  /** `loseWriteConnection` was called. */
  writeEnded = false;

  /** Make it false for `write` to say that too much is waiting; `drain()` makes it true again. */
  hasRoom = true;

  get state(): "open" | "closing" | "aborted" {
    return this.#state;
  }

  get disconnecting(): boolean {
    return this.#state !== "open";
  }

  get bufferedBytes(): number {
    return this.hasRoom ? 0 : this.bytes().length;
  }

  get closed(): Promise<CloseReason> {
    return this.#closing.promise.then((report) => report.reason);
  }

  /** All that was written, as text. */
  text(): string {
    return new TextDecoder().decode(this.bytes());
  }

  /** All that was written. */
  bytes(): Uint8Array {
    return Uint8Array.from(this.#written.flatMap((part) => [...part]));
  }

  /** Forgets what was written. */
  clear(): void {
    this.#written = [];
  }

  write(data: string | Uint8Array): boolean {
    if (this.disconnecting || this.writeEnded) throw new ClosedError();
    this.#written.push(typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data));
    return this.hasRoom;
  }

  writeSequence(parts: Iterable<string | Uint8Array>): boolean {
    for (const part of parts) this.write(part);
    return this.hasRoom;
  }

  onDrain(fn: () => void): void {
    if (this.hasRoom) queueMicrotask(fn);
    else this.#drainHooks.push(fn);
  }

  /** The peer has taken everything. */
  drain(): void {
    this.hasRoom = true;
    for (const hook of this.#drainHooks.splice(0)) hook();
  }

  pauseReading(): void {
    this.isReadingPaused = true;
  }

  resumeReading(): void {
    this.isReadingPaused = false;
    for (const hook of this.#resumeHooks.splice(0)) this.whenReading(hook);
  }

  whenReading(handler: () => Handled): void {
    if (this.isReadingPaused) this.#resumeHooks.push(handler);
    else if (!this.disconnecting) void handler();
  }

  switchProtocol(protocol: Protocol<object>, unread: Uint8Array = new Uint8Array(0)): void {
    this.protocol = protocol;
    void protocol.makeConnection(this);
    if (unread.length > 0) void protocol.dataReceived(unread);
  }

  async startTls(side: TlsSide): Promise<void> {
    this.tlsSide = side;
  }

  loseWriteConnection(): void {
    this.writeEnded = true;
  }

  loseConnection(): Promise<CloseReport> {
    if (this.#state === "open") this.#state = "closing";
    return this.#closing.promise;
  }

  abortConnection(): void {
    this.#state = "aborted";
  }

  /** The connection ends: tells the protocol, and settles what waited for the end. */
  end(protocol: Protocol<object>, reason: CloseReason = { kind: "done", by: "peer" }): void {
    if (this.#state === "open") this.#state = "closing";
    void protocol.connectionLost(reason);
    this.#closing.resolve({ reason, flushed: true, peerEnded: reason.by === "peer", unsentBytes: 0 });
  }
}
