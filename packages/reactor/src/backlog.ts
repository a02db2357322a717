import { ByteQueue } from "./byte-queue.ts";

/** As much as a stream is given at once: a peer that takes this within `lingerMs` is alive. */
export const PIECE_BYTES = 256 * 1024;

/** As much of a stream of Node as is asked here. */
interface Sink {
  readonly writableLength: number;
  cork(): void;
  uncork(): void;
  write(bytes: Uint8Array | string, taken?: (error?: Error | null) => void): unknown;
}

/**
 * What waits behind that which a stream of Node has not taken yet, and is given to it piece by piece. Of one long write
 * Node tells only when all of it has left: a peer that reads slowly would look like one that does not read.
 */
export class Backlog {
  readonly #stream: Sink;
  readonly #caughtUp: () => void;
  readonly #rest = new ByteQueue();
  #isAwaited = false;

  /** `caughtUp` is called, in a later turn, when all has been taken; not when the stream fails before. */
  constructor(stream: Sink, caughtUp: () => void) {
    this.#stream = stream;
    this.#caughtUp = caughtUp;
  }

  /** How many bytes the stream was not given yet. */
  get length(): number {
    return this.#rest.length;
  }

  /** All has been taken. */
  get isOver(): boolean {
    return this.#rest.length === 0 && this.#stream.writableLength === 0;
  }

  add(parts: readonly (string | Uint8Array)[]): void {
    for (const part of parts) this.#rest.add(part);
    if (!this.#isAwaited) this.#give();
  }

  /** As long as the stream takes everything at once. */
  #give(): void {
    while (this.#rest.length > 0 && this.#stream.writableLength === 0) this.#givePiece();
    if (this.#stream.writableLength > 0) this.#awaitTaken();
  }

  #givePiece(): void {
    this.#stream.cork();
    for (let room = PIECE_BYTES; room > 0 && this.#rest.length > 0;) {
      const piece = this.#rest.take(room);
      room -= piece.length;
      this.#stream.write(piece);
    }
    this.#stream.uncork();
  }

  /**
   * An empty write comes back after all that went before it. Node calls back in a turn of its own: asked with every
   * write, also of what leaves at once, that would be a tenth of a small answer's cost.
   */
  #awaitTaken(): void {
    this.#isAwaited = true;
    this.#stream.write("", (error) => {
      this.#isAwaited = false;
      if (error) return; // The stream's end will tell.
      this.#give();
      if (this.isOver) this.#caughtUp();
    });
  }
}
