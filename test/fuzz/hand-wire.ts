/** A connection of which the fuzzer is the other end: no network between, and no delay but what it asks for. */
import type { Address, Wire, WireEvents } from "@trofie/reactor";

const here: Address = { kind: "tcp", host: "127.0.0.1", port: 1 };
const there: Address = { kind: "tcp", host: "127.0.0.1", port: 2 };

/**
 * One end of a wire is our own code's; the other is in the fuzzer's hand, which says what it likes and hears all. What
 * our code is told arrives piece by piece, each in a turn of its own, as from a socket.
 */
export class HandWire implements Wire {
  readonly host = here;
  readonly peer = there;
  unsentBytes = 0;
  isBroken = false;
  /** The most that our code had to keep because the hand did not take it. */
  mostUnsentBytes = 0;
  /** How much was said and not yet read by our code. */
  unreadBytes = 0;
  /** Our code's end: it has said FIN, it has reset the connection, or it is over. */
  ended: "no" | "fin" | "gone" = "no";
  readonly #heard: string[] = [];
  readonly #said: Uint8Array[] = [];
  #events: WireEvents | undefined;
  #isReading = false;
  #isPumping = false;
  #isTaking = true;
  #finSaid = false;
  #finTold = false;
  #finTaken = false;

  // What our code does.

  start(events: WireEvents): void {
    this.#events = events;
  }

  pause(): void {
    this.#isReading = false;
  }

  resume(): void {
    this.#isReading = true;
    this.#pump();
  }

  write(parts: readonly (string | Uint8Array)[]): void {
    if (this.isBroken) return;
    for (const part of parts) {
      const text = typeof part === "string" ? part : Buffer.from(part).toString("utf8");
      this.#heard.push(text);
      if (!this.#isTaking) this.unsentBytes += Buffer.byteLength(text);
    }
    this.mostUnsentBytes = Math.max(this.mostUnsentBytes, this.unsentBytes);
    if (this.#isTaking) queueMicrotask(() => this.#events?.drained());
  }

  end(): void {
    if (this.ended !== "no") return;
    this.ended = "fin";
    if (this.#isTaking) queueMicrotask(() => this.#finIsTaken());
  }

  reset(): void {
    this.destroy();
  }

  destroy(): void {
    this.isBroken = true;
    queueMicrotask(() => this.#gone());
  }

  // What the hand does.

  /** Says bytes in these pieces. */
  say(...pieces: Uint8Array[]): void {
    if (this.ended === "gone") return;
    for (const piece of pieces) {
      this.#said.push(piece);
      this.unreadBytes += piece.length;
    }
    this.#pump();
  }

  /** Says that nothing more will be said. */
  fin(): void {
    this.#finSaid = true;
    this.#pump();
  }

  /** The connection is reset: what was said and not read is lost. */
  cut(): void {
    if (this.ended === "gone") return;
    this.isBroken = true;
    this.#forget();
    const error = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    queueMicrotask(() => this.#gone(error));
  }

  /** Takes nothing any more, so that our code's output piles up; or takes all of it, and what comes. */
  setTaking(isTaking: boolean): void {
    const wasTaking = this.#isTaking;
    this.#isTaking = isTaking;
    if (wasTaking || !isTaking) return;
    this.unsentBytes = 0;
    queueMicrotask(() => {
      this.#events?.drained();
      if (this.ended === "fin") this.#finIsTaken();
    });
  }

  /** All that our code has said so far, and has not been asked for. */
  hear(): string {
    return this.#heard.splice(0).join("");
  }

  #pump(): void {
    if (this.#isPumping || !this.#isReading) return;
    this.#isPumping = true;
    queueMicrotask(() => this.#tellOne());
  }

  #tellOne(): void {
    this.#isPumping = false;
    if (!this.#isReading || this.isBroken) return;
    const piece = this.#said.shift();
    if (piece === undefined) return this.#tellFin();
    this.unreadBytes -= piece.length;
    this.#events?.received(piece);
    this.#pump();
  }

  #tellFin(): void {
    if (!this.#finSaid || this.#finTold) return;
    this.#finTold = true;
    this.#events?.ended();
    this.#goneIfBothEnded();
  }

  #finIsTaken(): void {
    if (this.#finTaken || this.isBroken) return;
    this.#finTaken = true;
    this.#events?.finished();
    this.#goneIfBothEnded();
  }

  #goneIfBothEnded(): void {
    if (this.#finTaken && this.#finTold) this.#gone();
  }

  #gone(error?: Error): void {
    if (this.ended === "gone") return;
    this.ended = "gone";
    this.isBroken = true;
    this.#forget();
    this.#events?.gone(error);
  }

  #forget(): void {
    this.#said.length = 0;
    this.unreadBytes = 0;
  }
}
