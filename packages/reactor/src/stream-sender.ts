import type { Writable } from "node:stream";
import { Backlog, PIECE_BYTES } from "./backlog.ts";

/** Longer text is encoded here: the operating system's write would copy it to the heap anyway. */
const LONGEST_TEXT_WRITE = 16 * 1024;

/** The sending side of a wire that is a stream of Node. A base and no part of it: there may be very many. */
export abstract class StreamSender {
  readonly #stream: Writable;
  /** While the stream has not taken all. */
  #backlog: Backlog | undefined;
  #isEnding = false;
  #hasEnded = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** What the operating system has not taken yet. */
  get unsentBytes(): number {
    return this.#stream.writableLength + (this.#backlog?.length ?? 0);
  }

  /** In one system call, where that is possible. */
  write(parts: readonly (string | Uint8Array)[]): void {
    const stream = this.#stream;
    if (this.#backlog !== undefined) return this.#backlog.add(parts);
    if (parts.length === 1 ? isLong(parts[0]!) : parts.some(isLong)) return this.#fallBehind(parts);
    if (parts.length === 1) stream.write(parts[0]!);
    else writeTogether(stream, parts);
    if (stream.writableLength > 0) this.#fallBehind([]);
  }

  /** Says the end, after all that was written. */
  end(): void {
    this.#isEnding = true;
    if (this.#backlog === undefined) this.#sayEnd();
  }

  /** The end is on its way. */
  protected get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** All that was written has been taken, and more may be written. */
  protected abstract allTaken(): void;

  #fallBehind(parts: readonly (string | Uint8Array)[]): void {
    const backlog = new Backlog(this.#stream, () => this.#caughtUp());
    backlog.add(parts);
    if (!backlog.isOver) this.#backlog = backlog;
  }

  #caughtUp(): void {
    this.#backlog = undefined;
    if (this.#isEnding) this.#sayEnd();
    else this.allTaken();
  }

  #sayEnd(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stream.end();
  }
}

function writeTogether(stream: Writable, parts: readonly (string | Uint8Array)[]): void {
  stream.cork();
  for (const part of parts) stream.write(part);
  stream.uncork();
}

function isLong(part: string | Uint8Array): boolean {
  return part.length > (typeof part === "string" ? LONGEST_TEXT_WRITE : PIECE_BYTES);
}
