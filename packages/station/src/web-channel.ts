/** Channels on a WebSocket at the station: one message per text frame. */
import type { WebSocket } from "@fastify/websocket";
import { lowWaterBytes, type Channel, type Receiver } from "@trofie/commands";

/** RFC 6455 §7.4.1 */
const goingAway = 1001;

/** A browser that takes nothing is cut when this much waits for it. */
const maxBufferedBytes = 16 * 1_048_576;

/** Joins a socket that is open to `receiver`. */
export function openWebChannel(socket: WebSocket, receiver: Receiver): Channel {
  return new WebChannel(socket, receiver);
}

class WebChannel implements Channel {
  readonly closed: Promise<string>;
  readonly #socket: WebSocket;
  readonly #receiver: Receiver;
  #full = false;
  /** Settles when the last message that arrived has been dealt with. */
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(socket: WebSocket, receiver: Receiver) {
    this.#socket = socket;
    this.#receiver = receiver;
    const closed = Promise.withResolvers<string>();
    this.closed = closed.promise;
    receiver.channelOpened(this);
    socket.on("message", (data: Buffer, isBinary: boolean) => this.#received(data, isBinary));
    socket.on("error", () => socket.terminate());
    socket.on("close", (code: number) => {
      const reason = `closed with code ${code}`;
      receiver.channelLost(reason);
      closed.resolve(reason);
    });
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.bufferedBytes > maxBufferedBytes) return this.abort();
    this.#socket.send(message, () => this.#sent());
    this.#full ||= this.bufferedBytes > lowWaterBytes;
  }

  close(): void {
    this.#socket.close(goingAway);
  }

  abort(): void {
    this.#socket.terminate();
  }

  /** Messages are dealt with one after the other; while one is, the browser is not read. */
  #received(data: Buffer, isBinary: boolean): void {
    if (isBinary) return this.#receiver.undecodableReceived();
    this.#socket.pause();
    this.#waiting += 1;
    this.#last = this.#last
      .then(() => this.#receiver.messageReceived(data.toString("utf8")))
      .finally(() => this.#handled());
  }

  #handled(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#socket.resume();
  }

  #sent(): void {
    if (!this.#full || this.bufferedBytes > lowWaterBytes) return;
    this.#full = false;
    this.#receiver.channelDrained();
  }
}
