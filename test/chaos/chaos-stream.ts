/** One way of one connection: takes bytes from a socket, and brings them to the other one as the toxics say. */
import type { Socket } from "node:net";
import type { Clock, Random } from "@trofie/reactor";
import type { Cut, Toxics } from "./toxics.ts";

/** With more than this under way nothing is taken from the sender: who is slow must be seen to be slow. */
const mostUnderWayBytes = 256 * 1024;

/** How often in a second something arrives that is held back by its bandwidth. */
const piecesPerSecond = 20;

export interface ChaosStreamOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly clock: Clock;
  readonly random: Random;
  /** The toxics of the moment. */
  readonly toxics: () => Toxics;
  /** So many bytes have arrived as were to arrive. */
  readonly cut: (how: Cut) => void;
}

interface UnderWay {
  readonly atMs: number;
  readonly arrives: () => void;
}

export class ChaosStream {
  /** Taken, and not yet arrived. */
  underWayBytes = 0;
  arrivedBytes = 0;
  readonly #options: ChaosStreamOptions;
  /** What is under way, in order. */
  readonly #underWay: UnderWay[] = [];
  #lastArrivesMs = 0;
  /** What has come to where nothing goes on for the moment. */
  readonly #stuck: (() => void)[] = [];
  /** Nothing arrives any more, and nobody is told. */
  #isSilent = false;

  constructor(options: ChaosStreamOptions) {
    this.#options = options;
    const { from, to } = options;
    from.on("data", (bytes: Buffer) => this.#taken(bytes));
    from.on("end", () => this.#ended());
    to.on("drain", () => this.#readOrPause());
  }

  /** Other toxics hold now. */
  changed(): void {
    const { blackHole } = this.#toxics;
    if (blackHole === "swallowed") this.#isSilent = true;
    if (blackHole !== "stuck") for (const arrives of this.#stuck.splice(0)) arrives();
    this.#mayArrive(0);
    this.#readOrPause();
  }

  silence(): void {
    this.#isSilent = true;
    this.#readOrPause();
  }

  get #toxics(): Toxics {
    return this.#options.toxics();
  }

  #taken(bytes: Buffer): void {
    const pieceBytes = this.#pieceBytes(bytes.length);
    for (let from = 0; from < bytes.length; from += pieceBytes) {
      const piece = bytes.subarray(from, from + pieceBytes);
      this.underWayBytes += piece.length;
      this.#send(piece.length, 0, () => this.#arrive(piece));
    }
    this.#readOrPause();
  }

  #ended(): void {
    const { slowClose } = this.#toxics;
    this.#send(0, slowClose?.delayMs ?? 0, () => {
      if (!this.#isSilent) this.#options.to.end();
    });
  }

  #pieceBytes(all: number): number {
    const { slicer, bandwidth } = this.#toxics;
    if (slicer) return slicer.pieceBytes;
    return bandwidth ? Math.ceil(bandwidth.bytesPerSecond / piecesPerSecond) : all;
  }

  #send(lengthBytes: number, moreMs: number, arrives: () => void): void {
    const atMs = this.#arrivesMs(lengthBytes, moreMs);
    if (this.#underWay.push({ atMs, arrives }) === 1) this.#bringFirst();
  }

  /** Brings all whose time has come, and waits for the time of the next one. */
  #bringFirst(): void {
    const { clock } = this.#options;
    for (let first = this.#underWay[0]; first; first = this.#underWay[0]) {
      const waitMs = first.atMs - clock.nowMs();
      if (waitMs > 0) return void clock.callLater(waitMs, () => this.#bringFirst());
      this.#underWay.shift();
      this.#goOn(first.arrives);
    }
  }

  #arrivesMs(lengthBytes: number, moreMs: number): number {
    const { clock, random } = this.#options;
    const { latency, bandwidth } = this.#toxics;
    const delayMs = (latency?.delayMs ?? 0) + (latency?.jitterMs ?? 0) * random.number() + moreMs;
    const takesMs = bandwidth ? (lengthBytes / bandwidth.bytesPerSecond) * 1_000 : 0;
    return (this.#lastArrivesMs = Math.max(this.#lastArrivesMs, clock.nowMs() + delayMs) + takesMs);
  }

  #goOn(arrives: () => void): void {
    if (this.#toxics.blackHole === "stuck" || this.#stuck.length > 0) this.#stuck.push(arrives);
    else arrives();
  }

  #arrive(piece: Buffer): void {
    this.underWayBytes -= piece.length;
    const allowed = this.#isSilent ? 0 : this.#mayArrive(piece.length);
    if (allowed > 0) this.#options.to.write(piece.subarray(0, allowed));
    this.arrivedBytes += allowed;
    this.#mayArrive(0);
    this.#readOrPause();
  }

  /** How many of so many more bytes may arrive; cuts when the last one has. */
  #mayArrive(bytes: number): number {
    const { cut } = this.#toxics;
    if (!cut) return bytes;
    const left = Math.max(0, cut.afterBytes - this.arrivedBytes);
    if (left === 0 && !this.#isSilent) {
      this.#isSilent = true;
      this.#options.cut(cut.how);
    }
    return Math.min(bytes, left);
  }

  #readOrPause(): void {
    const { from, to } = this.#options;
    const isFull = this.underWayBytes > mostUnderWayBytes || to.writableNeedDrain;
    const isStuck = this.#toxics.blackHole === "stuck";
    if ((isFull || isStuck) && !this.#isSilent) from.pause();
    else from.resume();
  }
}
