import type { Address } from "./address.ts";
import type { Clock, DelayedCall } from "./clock.ts";
import type { CloseReason, CloseReport } from "./close-reason.ts";
import { asError } from "./as-error.ts";
import { ClosedError, IdleError, PlaintextUnreadError, ProtocolError } from "./errors.ts";
import type { JoinedText } from "./joined-text.ts";
import type { IdleKind, Wire, WireEvents } from "./net.ts";
import type { Handled, Protocol } from "./protocol.ts";
import { reportFault } from "./report-fault.ts";
import type { Security } from "./tls/tls-options.ts";
import { secure, type TlsSide } from "./tls/tls-side.ts";
import type { Transport, TransportLimits } from "./transport.ts";
import { atTurnEnd, type TurnEnd } from "./turn.ts";
import { LARGE_OUTPUT, TurnOutput } from "./turn-output.ts";

/**
 * open → flushing (nothing more may be written, all that was is leaving) → lingering (our FIN is out, the
 * peer's is awaited) → closed. An abort goes from any of them to `aborting`, where only the wire's end is awaited.
 */
type Phase = "open" | "flushing" | "lingering" | "aborting" | "closed";

/** What connections of one port have in common; one object for all of them. */
export interface ConnectionSettings {
  readonly clock: Clock;
  readonly limits: TransportLimits;
  /** Called once, after the protocol's `connectionLost`. */
  readonly ended: (connection: Connection) => void;
}

/**
 * Drives one protocol over one wire: the transport that the protocol sees. A state machine, hence its length. What an
 * idle connection does not need (hooks, promises, timers) is made when it is needed: there may be a hundred thousand.
 */
export class Connection implements Transport, WireEvents, TurnEnd {
  /** The protocol that it was made for; another one may have taken over since. */
  readonly builtProtocol: Protocol<object>;
  protocol: Protocol<object>;
  #wire: Wire;
  readonly #settings: ConnectionSettings;
  readonly #output = new TurnOutput();
  #closing: PromiseWithResolvers<CloseReport> | undefined;
  #report: CloseReport | undefined;
  #phase: Phase = "open";
  #reason: CloseReason | undefined;
  #turnEndAsked = false;
  /** Up to here nothing has to be done about what waits. */
  readonly #calmBytes: number;
  /** As the wire said last: without a write of ours it can only become less. */
  #wireUnsentBytes = 0;
  #drainAwaited = false;
  #drainHooks: (() => void)[] | undefined;
  #pausedByProtocol = false;
  #resumeHooks: (() => Handled)[] | undefined;
  #handlersRunning = 0;
  #idleHooks: (() => void)[] | undefined;
  #lingering: DelayedCall | undefined;
  #unsentAtLastLook = 0;
  /** What waited when the connection was cut. */
  #unsentBytes: number | undefined;
  #discardedBytes = 0;
  /** A handshake of TLS has the wire; what is written meanwhile waits for it. */
  #isSecuring = false;
  #writeEnded = false;
  #flushed = false;
  #peerEnded = false;
  #peerEndTold = false;

  constructor(wire: Wire, protocol: Protocol<object>, settings: ConnectionSettings) {
    this.#wire = wire;
    this.builtProtocol = protocol;
    this.protocol = protocol;
    this.#settings = settings;
    this.#calmBytes = Math.min(settings.limits.highWaterBytes, LARGE_OUTPUT);
  }

  /** Gives the wire to the protocol. Called once. */
  start(): void {
    this.#wire.start(this);
    this.#run(() => this.protocol.makeConnection(this));
    this.#readOrPause();
  }

  get host(): Address {
    return this.#wire.host;
  }

  get peer(): Address {
    return this.#wire.peer;
  }

  get clock(): Clock {
    return this.#settings.clock;
  }

  get disconnecting(): boolean {
    return this.#phase !== "open" || this.#wire.isBroken;
  }

  get bufferedBytes(): number {
    return this.#output.length + this.#wire.unsentBytes;
  }

  get security(): Security | undefined {
    return this.#wire.security;
  }

  get closed(): Promise<CloseReason> {
    return this.#whenClosed().then((report) => report.reason);
  }

  write(data: string | Uint8Array): boolean {
    if (this.disconnecting || this.#writeEnded) throw new ClosedError();
    this.#output.add(data);
    return this.#added();
  }

  /** `write` of a text that many get in this turn (`broadcast`). */
  writeJoined(text: JoinedText): void {
    if (this.disconnecting || this.#writeEnded) throw new ClosedError();
    this.#output.addJoined(text);
    this.#added();
  }

  writeSequence(parts: Iterable<string | Uint8Array>): boolean {
    let room = true;
    for (const part of parts) room = this.write(part);
    return room;
  }

  onDrain(fn: () => void): void {
    this.#drainHooks ??= [];
    this.#drainHooks.push(fn);
    this.#askTurnEnd();
  }

  pauseReading(): void {
    this.#pausedByProtocol = true;
    this.#readOrPause();
  }

  /** What was read before the pause is handled before what comes after it. */
  resumeReading(): void {
    this.#pausedByProtocol = false;
    const hooks = this.#resumeHooks ?? [];
    this.#resumeHooks = undefined;
    for (const hook of hooks) this.whenReading(hook);
    this.#readOrPause();
  }

  get isReadingPaused(): boolean {
    return this.#pausedByProtocol;
  }

  whenReading(handler: () => Handled): void {
    if (this.#pausedByProtocol) (this.#resumeHooks ??= []).push(handler);
    else if (this.#phase === "open") this.#run(handler);
  }

  switchProtocol(protocol: Protocol<object>, unread: Uint8Array = new Uint8Array(0)): void {
    const made = Promise.withResolvers<void>();
    this.#hold(made.promise);
    this.protocol = protocol;
    queueMicrotask(() => {
      this.#run(() => protocol.makeConnection(this));
      if (unread.length > 0 && this.#phase === "open") this.#run(() => protocol.dataReceived(unread));
      made.resolve();
    });
  }

  async startTls(side: TlsSide): Promise<void> {
    if (this.disconnecting || this.#writeEnded)
      throw new ClosedError("Cannot begin TLS: the connection is closed or closing");
    if (this.protocol.unreadBytes > 0) throw new PlaintextUnreadError(this.protocol.unreadBytes);
    this.#flush();
    this.#isSecuring = true;
    this.#wire.pause();
    try {
      this.#wire = await secure(this.#wire, this.#settings.clock, side);
    } catch (error) {
      this.#wire.destroy();
      this.gone(asError(error));
      throw error;
    }
    this.#isSecuring = false;
    this.#wire.start(this);
    this.#flush();
    if (this.#phase === "flushing" || this.#writeEnded) this.#wire.end();
    this.#readOrPause();
  }

  loseConnection(): Promise<CloseReport> {
    return this.close({ kind: "done", by: this.#peerEnded ? "peer" : "local" });
  }

  loseWriteConnection(): void {
    if (this.disconnecting || this.#writeEnded) return;
    this.#writeEnded = true;
    this.#flush();
    if (!this.#isSecuring) this.#wire.end();
  }

  abortConnection(): void {
    this.cut({ kind: "aborted", by: "local" });
  }

  /** `loseConnection` for a reason of the reactor's. The first reason stays. */
  close(reason: CloseReason): Promise<CloseReport> {
    if (this.#phase === "open") {
      this.#phase = this.#flushed ? "lingering" : "flushing";
      this.#reason = reason;
      this.#flush();
      if (!this.#isSecuring) this.#wire.end();
      this.#unsentAtLastLook = this.bufferedBytes;
      this.#linger();
      this.#readOrPause();
    }
    return this.#whenClosed();
  }

  /** `abortConnection` for a reason of the reactor's. */
  cut(reason: CloseReason): void {
    if (this.#phase === "aborting" || this.#phase === "closed") return;
    this.#phase = "aborting";
    this.#reason = reason;
    this.#unsentBytes = this.bufferedBytes;
    this.#wire.reset();
  }

  /** Tells the protocol that the reactor stops; resolves when none of its handlers runs any more. */
  stopping(): Promise<void> {
    this.#run(() => this.protocol.reactorStopping());
    if (this.#handlersRunning === 0) return Promise.resolve();
    return new Promise((resolve) => (this.#idleHooks ??= []).push(resolve));
  }

  turnEnded(): void {
    this.#turnEndAsked = false;
    if (this.#phase !== "open") return;
    this.#flush();
    if (this.#isDrainWanted() && this.bufferedBytes === 0) this.drained();
  }

  received(bytes: Uint8Array): void {
    if (this.#phase !== "open") return this.#discard(bytes);
    // The hot path: no closure per read, and what it answers at once leaves without another turn of the loop.
    const endsTurn = !this.#turnEndAsked;
    if (endsTurn) this.#beginTurn();
    try {
      const handled = this.protocol.dataReceived(bytes);
      if (handled) this.#hold(handled);
    } catch (error) {
      this.#fail(error);
    }
    if (endsTurn) this.turnEnded();
  }

  ended(): void {
    this.#peerEnded = true;
    this.#readOrPause();
  }

  /** A closing connection still tells those who wait for what they wrote; its protocol writes no more. */
  drained(): void {
    if (this.#phase === "aborting" || this.#phase === "closed" || !this.#isDrainWanted()) return;
    if (this.#output.length > 0) return; // The turn's end sends it, and then the wire tells again.
    const hooks = this.#drainHooks ?? [];
    this.#drainHooks = undefined;
    for (const hook of hooks)
      this.#run(() => {
        hook();
      });
    if (!this.#drainAwaited || this.#phase !== "open") return;
    this.#drainAwaited = false;
    this.#run(() => this.protocol.writeDrained());
  }

  finished(): void {
    this.#flushed = true;
    this.drained();
    if (this.#phase === "open") return this.#run(() => this.protocol.writeConnectionLost());
    if (this.#phase !== "flushing") return;
    this.#phase = "lingering";
    this.#linger();
  }

  idle(kind: IdleKind): void {
    if (this.#phase === "open") this.#run(() => this.protocol.connectionIdle(kind));
  }

  gone(error?: Error): void {
    if (this.#phase === "closed") return;
    this.#lingering?.cancel();
    const unsentBytes = this.#flushed ? 0 : (this.#unsentBytes ?? this.bufferedBytes);
    const reason = this.#finalReason(error);
    this.#phase = "closed";
    this.#drainHooks = undefined;
    this.#tellLost(reason);
    this.#tellWire(reason);
    this.#report = { reason, flushed: this.#flushed, peerEnded: this.#peerEnded, unsentBytes };
    this.#closing?.resolve(this.#report);
    this.#settings.ended(this);
  }

  #whenClosed(): Promise<CloseReport> {
    if (this.#report) return Promise.resolve(this.#report);
    this.#closing ??= Promise.withResolvers();
    return this.#closing.promise;
  }

  /** Something more waits; true while there is room for more. */
  #added(): boolean {
    if (!this.#turnEndAsked) this.#askTurnEnd();
    if (this.#output.length + this.#wireUnsentBytes <= this.#calmBytes) return true;
    if (this.#output.isLarge) this.#flush();
    return this.#hasRoom();
  }

  #isDrainWanted(): boolean {
    return this.#drainAwaited || this.#drainHooks !== undefined;
  }

  #hasRoom(): boolean {
    const { highWaterBytes, maxBufferedBytes } = this.#settings.limits;
    const waiting = this.#output.length + this.#wireUnsentBytes;
    if (waiting <= highWaterBytes) return true;
    this.#drainAwaited = true;
    if (waiting > maxBufferedBytes) this.cut({ kind: "slow-consumer", by: "local" });
    return false;
  }

  #askTurnEnd(): void {
    if (this.#turnEndAsked) return;
    this.#beginTurn();
    atTurnEnd(this);
  }

  /** From here to `turnEnded` what is written waits, to leave together. */
  #beginTurn(): void {
    this.#turnEndAsked = true;
    if (this.#wireUnsentBytes > 0) this.#wireUnsentBytes = this.#wire.unsentBytes;
  }

  #flush(): void {
    if (this.#output.length === 0 || this.#isSecuring) return;
    this.#wire.write(this.#output.take());
    this.#wireUnsentBytes = this.#wire.unsentBytes;
  }

  /**
   * A closing connection reads whatever the protocol wished, or the peer's FIN would never be seen. The peer's
   * FIN is held back like its bytes: a handler that still runs may answer what came before it.
   */
  #readOrPause(): void {
    if (this.#isSecuring) return;
    const isHeld = this.#pausedByProtocol || this.#handlersRunning > 0;
    if (isHeld && this.#phase === "open") return this.#wire.pause();
    this.#wire.resume();
    if (this.#peerEnded) this.#tellPeerEnd();
  }

  #tellPeerEnd(): void {
    if (this.#peerEndTold) return;
    this.#peerEndTold = true;
    if (this.#phase === "open") this.#run(() => this.protocol.readConnectionLost());
  }

  #run(handler: () => Handled): void {
    try {
      const handled = handler();
      if (handled) this.#hold(handled);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Reads nothing until the handler's promise has settled: order and back-pressure in one. */
  #hold(handled: PromiseLike<unknown>): void {
    this.#handlersRunning += 1;
    this.#readOrPause();
    handled.then(
      () => this.#release(),
      (error: unknown) => {
        this.#fail(error);
        this.#release();
      },
    );
  }

  #release(): void {
    this.#handlersRunning -= 1;
    if (this.#handlersRunning > 0) return;
    this.#readOrPause();
    const hooks = this.#idleHooks ?? [];
    this.#idleHooks = undefined;
    for (const hook of hooks) hook();
  }

  #fail(thrown: unknown): void {
    const error = asError(thrown);
    if (error instanceof ClosedError && this.disconnecting) return; // It wrote while the peer was leaving.
    if (error instanceof IdleError) return void this.close({ kind: "timeout", by: "local", error });
    if (!(error instanceof ProtocolError)) reportFault({ error, source: this.protocol });
    void this.close({ kind: "protocol-error", by: "local", error });
  }

  /** With nothing left to send and the peer's FIN in hand, nobody needs to be waited for. */
  #linger(): void {
    this.#lingering?.cancel();
    if (this.#peerEnded && this.bufferedBytes === 0) return;
    this.#lingering = this.#settings.clock.callLater(this.#settings.limits.lingerMs, () =>
      this.#lingerOver(),
    );
  }

  #lingerOver(): void {
    if (this.#phase === "lingering") return this.#wire.destroy();
    const unsentBytes = this.bufferedBytes;
    const tookNothing = unsentBytes >= this.#unsentAtLastLook && !this.#wire.isHoldingBack;
    if (tookNothing) return this.cut({ kind: "timeout", by: "local" });
    this.#unsentAtLastLook = unsentBytes;
    this.#linger();
  }

  /** Counts only after our FIN: until then the peer may be unable to read before it has written. */
  #discard(bytes: Uint8Array): void {
    if (this.#phase !== "lingering") return;
    this.#discardedBytes += bytes.length;
    if (this.#discardedBytes > this.#settings.limits.lingerBytes) this.#wire.destroy();
  }

  #finalReason(error: Error | undefined): CloseReason {
    const planned = this.#reason;
    if (planned && (!error || planned.kind !== "done")) return planned;
    if (!error) return { kind: "done", by: "peer" };
    if (error instanceof ProtocolError) return { kind: "protocol-error", by: "peer", error };
    const kind = (error as NodeJS.ErrnoException).code === "ETIMEDOUT" ? "timeout" : "lost";
    return { kind, by: "peer", error };
  }

  /** A layer that throws must not keep the connection from ending. */
  #tellWire(reason: CloseReason): void {
    try {
      this.#wire.closed?.(reason);
    } catch (error) {
      reportFault({ error: asError(error), source: this.#wire });
    }
  }

  #tellLost(reason: CloseReason): void {
    const report = (thrown: unknown) => reportFault({ error: asError(thrown), source: this.protocol });
    try {
      const handled = this.protocol.connectionLost(reason);
      handled?.then(undefined, report);
    } catch (error) {
      report(error);
    }
  }
}
