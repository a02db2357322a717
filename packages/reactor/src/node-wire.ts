import type { Socket } from "node:net";
import type { Address } from "./address.ts";
import type { Wire, WireEvents } from "./net.ts";

/** Longer text is encoded here: the operating system's write would copy it to the heap anyway. */
const LONGEST_TEXT_WRITE = 16 * 1024;

/** A TCP or UNIX socket of Node. It must allow half-open, and be paused until `start`. */
export class NodeWire implements Wire {
  readonly host: Address;
  readonly peer: Address;
  readonly #socket: Socket;
  #events: WireEvents | undefined;
  #error: Error | undefined;
  #hasEnded = false;

  constructor(socket: Socket, host: Address, peer: Address) {
    this.#socket = socket;
    this.host = host;
    this.peer = peer;
    socket.on("error", (error) => (this.#error ??= error));
    socket.on("close", () => this.#events?.gone(this.#error));
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  get isBroken(): boolean {
    return this.#socket.destroyed || this.#socket.errored !== null;
  }

  start(events: WireEvents): void {
    this.#events = events;
    const socket = this.#socket;
    socket.pause();
    socket.on("data", (bytes: Buffer) => events.received(bytes));
    socket.on("end", () => events.ended());
    socket.on("finish", () => events.finished());
    if (socket.closed) queueMicrotask(() => events.gone(this.#error));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  write(parts: readonly (string | Uint8Array)[]): void {
    if (parts.length === 1) return this.#writeOne(parts[0]!);
    this.#socket.cork();
    for (const part of parts) this.#writeOne(part);
    this.#socket.uncork();
  }

  end(): void {
    this.#hasEnded = true;
    this.#socket.end();
  }

  /** Only TCP knows a reset, and libuv refuses it once FIN is on its way; else the peer sees an end. */
  reset(): void {
    if (this.peer.kind === "tcp" && !this.#hasEnded) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #writeOne(part: string | Uint8Array): void {
    const isLongText = typeof part === "string" && part.length > LONGEST_TEXT_WRITE;
    this.#socket.write(isLongText ? Buffer.from(part) : part, this.#taken);
  }

  readonly #taken = (): void => {
    if (this.#socket.writableLength === 0) this.#events?.drained();
  };
}
