import type { Address } from "../address.ts";
import type { Clock } from "../clock.ts";
import type { Wire, WireEvents } from "../net.ts";
import type { MemoryStream } from "./memory-stream.ts";

export interface MemoryWireSettings {
  readonly host: Address;
  readonly peer: Address;
  readonly clock: Clock;
  readonly outgoing: MemoryStream;
  readonly incoming: MemoryStream;
  /** Sends a reset to the other end. */
  readonly sendReset: () => void;
}

/** One end of a connection in memory; behaves as a TCP socket does, its rudeness included. */
export class MemoryWire implements Wire {
  readonly host: Address;
  readonly peer: Address;
  readonly #clock: Clock;
  readonly #outgoing: MemoryStream;
  readonly #incoming: MemoryStream;
  readonly #sendReset: () => void;
  #events: WireEvents | undefined;
  #isReading = false;
  #readAsked = false;
  #finTaken = false;
  #endTold = false;
  #state: "open" | "ending" | "gone" = "open";
  #error: Error | undefined;

  constructor(settings: MemoryWireSettings) {
    this.host = settings.host;
    this.peer = settings.peer;
    this.#clock = settings.clock;
    this.#outgoing = settings.outgoing;
    this.#incoming = settings.incoming;
    this.#sendReset = settings.sendReset;
    this.#incoming.reader = { arrived: () => this.#arrived() };
    this.#outgoing.taken = (withFin) => this.#taken(withFin);
  }

  get unsentBytes(): number {
    return this.#outgoing.unsentBytes;
  }

  get isBroken(): boolean {
    return this.#state !== "open";
  }

  start(events: WireEvents): void {
    this.#events = events;
    if (this.#state === "ending") this.#goSoon();
  }

  pause(): void {
    this.#isReading = false;
  }

  resume(): void {
    this.#isReading = true;
    this.#askRead();
  }

  write(parts: readonly (string | Uint8Array)[]): void {
    if (this.#state !== "open") return;
    for (const part of parts) {
      this.#outgoing.send(typeof part === "string" ? new TextEncoder().encode(part) : new Uint8Array(part));
    }
  }

  end(): void {
    if (this.#state === "open") this.#outgoing.sendFin();
  }

  reset(): void {
    if (this.#state !== "open") return;
    this.#outgoing.die();
    this.#sendReset();
    this.#end();
  }

  /** As close(2) does: unread input makes it a reset. */
  destroy(): void {
    if (this.#incoming.unreadBytes > 0) return this.reset();
    if (this.#state !== "open") return;
    this.#outgoing.forgetUnsent();
    this.#outgoing.sendFin();
    this.#end();
  }

  /** The other end's reset has arrived; what was not read before is lost. */
  resetArrived(): void {
    if (this.#state !== "open") return;
    this.#error = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    this.#outgoing.die();
    this.#incoming.die();
    this.#end();
  }

  #arrived(): void {
    if (this.#state === "open") this.#askRead();
    else if (this.#incoming.unreadBytes > 0) this.#sendReset();
  }

  /** One read per turn of the clock, so that nothing here calls a protocol from inside its own call. */
  #askRead(): void {
    if (this.#readAsked) return;
    this.#readAsked = true;
    this.#clock.callLater(0, () => this.#read());
  }

  #read(): void {
    this.#readAsked = false;
    while (this.#isReading && this.#state === "open") {
      const bytes = this.#incoming.read();
      if (!bytes) return this.#tellEnd();
      this.#events?.received(bytes);
    }
  }

  #tellEnd(): void {
    if (!this.#incoming.isAtEnd || this.#endTold) return;
    this.#endTold = true;
    this.#events?.ended();
    this.#endIfBothEnded();
  }

  #taken(withFin: boolean): void {
    if (this.#state !== "open") return;
    if (!withFin) return this.#outgoing.unsentBytes === 0 ? this.#events?.drained() : undefined;
    this.#finTaken = true;
    this.#events?.finished();
    this.#endIfBothEnded();
  }

  #endIfBothEnded(): void {
    if (this.#finTaken && this.#endTold && this.#state === "open") this.#end();
  }

  #end(): void {
    this.#state = "ending";
    if (this.#events) this.#goSoon();
  }

  #goSoon(): void {
    this.#clock.callLater(0, () => {
      if (this.#state === "gone") return;
      this.#state = "gone";
      this.#events?.gone(this.#error);
    });
  }
}
