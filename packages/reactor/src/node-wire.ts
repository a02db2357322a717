import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type { Address } from "./address.ts";
import type { CloseReason } from "./close-reason.ts";
import type { Wire, WireEvents } from "./net.ts";
import { StreamSender } from "./stream-sender.ts";
import type { Security } from "./tls/tls-options.ts";

/** Leads from a socket back to its wire. Five closures for each of very many sockets would cost more. */
const WIRE = Symbol("wire");

interface WiredSocket extends Socket {
  [WIRE]: NodeWire;
}

/** A TCP or UNIX socket of Node. It must allow half-open, and be paused until `start`. */
export class NodeWire extends StreamSender implements Wire {
  readonly #host: Address;
  readonly #peer: Address;
  readonly #socket: Socket;
  #events: WireEvents | undefined;
  #error: Error | undefined;
  /** A field, not a question to the socket: every line asks it. Known by the next write, or by the error's event. */
  isBroken: boolean;
  #isReading = false;

  constructor(socket: Socket, host: Address, peer: Address) {
    super(socket);
    this.#socket = socket;
    this.#host = host;
    this.#peer = peer;
    this.isBroken = socket.destroyed;
    (socket as WiredSocket)[WIRE] = this;
    socket.on("error", errorTold);
    socket.on("close", closeTold);
  }

  get host(): Address {
    return this.#host;
  }

  get peer(): Address {
    return this.#peer;
  }

  get security(): Security | undefined {
    return undefined;
  }

  start(events: WireEvents): void {
    const isFirst = !this.#events;
    this.#events = events;
    const socket = this.#socket;
    if (socket.closed) return queueMicrotask(() => this.#events?.gone(this.#error));
    this.pause();
    if (!isFirst) return;
    socket.on("data", dataTold);
    socket.push = readTold;
    socket.on("end", endTold);
    socket.on("finish", finishTold);
  }

  pause(): void {
    this.#isReading = false;
    this.#socket.pause();
  }

  resume(): void {
    this.#isReading = true;
    this.#socket.resume();
  }

  /** Whether what is read now may go to `events` at once: it is wanted, and nothing older waits in the socket. */
  get isReading(): boolean {
    return this.#isReading && this.#socket.readableLength === 0;
  }

  override write(parts: readonly (string | Uint8Array)[]): void {
    super.write(parts);
    // The error is told in a later turn; who writes on in this one must learn of it.
    if (this.#socket.errored !== null) this.isBroken = true;
  }

  /** Only TCP knows a reset, and libuv refuses it once FIN is on its way; else the peer sees an end. */
  reset(): void {
    const socket = this.#socket;
    this.isBroken = true;
    if (this.peer.kind === "tcp" && !this.hasEnded) socket.resetAndDestroy();
    else socket.destroy();
  }

  destroy(): void {
    this.isBroken = true;
    this.#socket.destroy();
  }

  closed(_reason: CloseReason): void {}

  /** Whom the socket's events are for; `undefined` before `start`. */
  get events(): WireEvents | undefined {
    return this.#events;
  }

  /** The socket has failed, or is closed; only the first error counts. */
  broke(error?: Error): void {
    this.isBroken = true;
    this.#error ??= error;
  }

  gone(): void {
    this.broke();
    this.#events?.gone(this.#error);
  }

  protected override allTaken(): void {
    this.#events?.drained();
  }

  /** Ends now, for a reason that `gone` is told. */
  protected fail(error: Error): void {
    this.isBroken = true;
    this.#socket.destroy(error);
  }
}

function dataTold(this: WiredSocket, bytes: Buffer): void {
  this[WIRE].events!.received(bytes);
}

/**
 * Stands for the socket's `push`, to which Node gives what it has read. Bytes that are wanted now pass the socket's
 * buffer by, which would cost a tenth of a small answer; all else takes Node's way, to `dataTold`, as all would if Node
 * called `push` no more.
 */
function readTold(this: WiredSocket, bytes: Buffer | null): boolean {
  const wire = this[WIRE];
  if (bytes === null || !wire.isReading) return Readable.prototype.push.call(this, bytes);
  wire.events!.received(bytes);
  return true;
}

function endTold(this: WiredSocket): void {
  this[WIRE].events!.ended();
}

function finishTold(this: WiredSocket): void {
  this[WIRE].events!.finished();
}

function errorTold(this: WiredSocket, error: Error): void {
  this[WIRE].broke(error);
}

function closeTold(this: WiredSocket): void {
  this[WIRE].gone();
}
