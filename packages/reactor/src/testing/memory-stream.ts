import { ByteQueue } from "../byte-queue.ts";
import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import { between } from "./seeded-random.ts";

/** How a memory network carries bytes. */
export interface Weather {
  readonly clock: Clock;
  readonly random: Random;
  /** The longest piece in which bytes arrive. */
  readonly longestPieceBytes: number;
  /** How many bytes may be under way or unread before the sender is held back. */
  readonly windowBytes: number;
  readonly delayMs: readonly [least: number, most: number];
}

/** The end of a stream that is told what arrives. */
export interface StreamReader {
  arrived(): void;
}

/** One direction of a connection in memory: what is sent, under way, and arrived but unread. */
export class MemoryStream {
  readonly #weather: Weather;
  #unsent = new ByteQueue();
  readonly #unread: Uint8Array[] = [];
  readonly #underWay: (() => void)[] = [];
  #unreadBytes = 0;
  #underWayBytes = 0;
  #carriedBytes = 0;
  #nothingArrivesBeforeMs = 0;
  #fin: "none" | "asked" | "sent" | "arrived" = "none";
  #isDead = false;
  #held: (() => void)[] | undefined;
  #limit: { readonly bytes: number; readonly reached: () => void } | undefined;

  /** Called when all that was sent has been taken; with `true` when the FIN has, too. */
  taken: (withFin: boolean) => void = () => {};
  reader: StreamReader = { arrived: () => {} };

  constructor(weather: Weather) {
    this.#weather = weather;
  }

  get unsentBytes(): number {
    return this.#unsent.length;
  }

  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  /** The FIN has arrived, and all that came before it was read. */
  get isAtEnd(): boolean {
    return this.#fin === "arrived" && this.#unread.length === 0;
  }

  send(bytes: Uint8Array): void {
    this.#unsent.add(bytes);
    this.#pump();
  }

  sendFin(): void {
    if (this.#fin !== "none") return;
    this.#fin = "asked";
    this.#pump();
  }

  /** The next piece that arrived, if any did. */
  read(): Uint8Array | undefined {
    const bytes = this.#unread.shift();
    if (!bytes) return undefined;
    this.#unreadBytes -= bytes.length;
    this.#pump();
    return bytes;
  }

  /** What the sender still holds is gone; what is under way arrives. */
  forgetUnsent(): void {
    this.#unsent = new ByteQueue();
  }

  /** Nothing arrives any more, and nobody is told. */
  die(): void {
    this.#isDead = true;
  }

  /** Nothing arrives until `release`; what is sent meanwhile waits on the way. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const arrives of held) arrives();
  }

  /** Calls `reached` when `bytes` in all have arrived, and lets none after them arrive before that. */
  limit(bytes: number, reached: () => void): void {
    this.#limit = { bytes, reached };
    this.#checkLimit();
  }

  #pump(): void {
    const { random, longestPieceBytes, windowBytes } = this.#weather;
    let room = windowBytes - this.#underWayBytes - this.#unreadBytes;
    while (room > 0 && this.#unsent.length > 0) {
      const piece = this.#unsent.take(Math.min(room, between(random, 1, longestPieceBytes)));
      room -= piece.length;
      this.#underWayBytes += piece.length;
      this.#later(() => this.#arrive(piece));
    }
    if (this.#unsent.length > 0) return;
    if (this.#fin === "asked") {
      this.#fin = "sent";
      this.#weather.clock.callLater(0, () => this.taken(true));
      this.#later(() => this.#finArrives());
    } else {
      this.#weather.clock.callLater(0, () => this.taken(false));
    }
  }

  /** In order: nothing overtakes what was sent before it. */
  #later(fn: () => void): void {
    const { clock, random, delayMs } = this.#weather;
    const atMs = clock.nowMs() + between(random, ...delayMs);
    this.#nothingArrivesBeforeMs = Math.max(this.#nothingArrivesBeforeMs, atMs);
    this.#underWay.push(fn);
    clock.callLater(this.#nothingArrivesBeforeMs - clock.nowMs(), () => {
      const arrives = this.#underWay.shift()!;
      if (this.#isDead) return;
      if (this.#held) this.#held.push(arrives);
      else arrives();
    });
  }

  #arrive(piece: Uint8Array): void {
    this.#underWayBytes -= piece.length;
    const allowed = this.#limit ? piece.subarray(0, this.#limit.bytes - this.#carriedBytes) : piece;
    this.#carriedBytes += allowed.length;
    if (allowed.length > 0) {
      this.#unread.push(allowed);
      this.#unreadBytes += allowed.length;
      this.reader.arrived();
    }
    this.#checkLimit();
  }

  #finArrives(): void {
    this.#fin = "arrived";
    this.reader.arrived();
  }

  #checkLimit(): void {
    if (!this.#limit || this.#carriedBytes < this.#limit.bytes) return;
    const { reached } = this.#limit;
    this.#limit = undefined;
    reached();
  }
}
