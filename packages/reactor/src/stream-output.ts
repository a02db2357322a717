import type { Writable } from "node:stream";
import { ByteQueue } from "./byte-queue.ts";

/** Longer text is encoded here: the operating system's write would copy it to the heap anyway. */
const LONGEST_TEXT_WRITE = 16 * 1024;

/** As much as a stream is given at once: a peer that takes this within `lingerMs` is alive. */
const PIECE_BYTES = 256 * 1024;

/** Whom a stream's output is for. */
export interface OutputOwner {
  /** All that was written has been taken. */
  outputTaken(): void;
}

/**
 * What a stream of Node sends, given to it piece by piece where it does not take all at once. Of one long write Node
 * tells only when all of it has left: a peer that reads slowly would look like one that does not read.
 */
export class StreamOutput {
  readonly #stream: Writable;
  readonly #owner: OutputOwner;
  /** Behind what the stream has. */
  #rest: ByteQueue | undefined;
  /** The stream has not taken all yet, or something waits behind that: what comes now waits, too. */
  #isBehind = false;
  #end: "open" | "asked" | "said" = "open";
  #taken: ((error?: Error | null) => void) | undefined;
  #isTakenAwaited = false;

  constructor(stream: Writable, owner: OutputOwner) {
    this.#stream = stream;
    this.#owner = owner;
  }

  /** What the operating system has not taken yet. */
  get unsentBytes(): number {
    return this.#stream.writableLength + (this.#rest?.length ?? 0);
  }

  /** The end is on its way: nothing comes after it. */
  get hasEnded(): boolean {
    return this.#end === "said";
  }

  /** In one system call, where that is possible. */
  write(parts: readonly (string | Uint8Array)[]): void {
    const stream = this.#stream;
    if (parts.length === 1) {
      this.#writeOne(parts[0]!);
    } else {
      stream.cork();
      for (const part of parts) this.#writeOne(part);
      stream.uncork();
    }
    if (this.#isBehind) this.#giveRest();
    else if (stream.writableLength > 0) this.#tellWhenTaken();
  }

  /** Says the end, after all that was written. */
  end(): void {
    if (this.#end !== "open") return;
    this.#end = "asked";
    if ((this.#rest?.length ?? 0) === 0) this.#sayEnd();
  }

  #writeOne(part: string | Uint8Array): void {
    if (part.length > LONGEST_TEXT_WRITE && typeof part === "string")
      return this.#writeOne(Buffer.from(part));
    if (this.#isBehind || part.length > PIECE_BYTES) this.#wait(part);
    else this.#stream.write(part);
  }

  #wait(part: string | Uint8Array): void {
    this.#isBehind = true;
    this.#rest ??= new ByteQueue();
    this.#rest.add(typeof part === "string" ? Buffer.from(part) : part);
  }

  /** As long as the stream takes everything at once. */
  #giveRest(): void {
    const stream = this.#stream;
    const rest = (this.#rest ??= new ByteQueue());
    while (rest.length > 0 && stream.writableLength === 0) {
      stream.cork();
      for (let room = PIECE_BYTES; room > 0 && rest.length > 0;) {
        const piece = rest.take(room);
        room -= piece.length;
        stream.write(piece);
      }
      stream.uncork();
    }
    if (rest.length === 0 && this.#end === "asked") return this.#sayEnd();
    this.#isBehind = stream.writableLength > 0;
    if (this.#isBehind) this.#tellWhenTaken();
  }

  #sayEnd(): void {
    this.#end = "said";
    this.#stream.end();
  }

  /**
   * An empty write comes back after all that went before it. Node calls back in a turn of its own: asked with every
   * write, also of what leaves at once, that would be a tenth of a small answer's cost.
   */
  #tellWhenTaken(): void {
    this.#isBehind = true;
    if (this.#isTakenAwaited) return;
    this.#isTakenAwaited = true;
    this.#taken ??= (error) => {
      this.#isTakenAwaited = false;
      if (error || this.#end === "said") return; // The stream's end will tell.
      this.#giveRest();
      if (!this.#isBehind && !this.hasEnded) this.#owner.outputTaken();
    };
    this.#stream.write("", this.#taken);
  }
}
