/** Channels on a WebSocket at the station: one message per text frame. */
import type { WebSocket } from "@fastify/websocket";
import { lowWaterBytes, type Channel, type Receiver } from "@trofie/commands";

/** RFC 6455 §7.4.1 */
const goingAway = 1001;
const unsupportedData = 1003;

/** Joins a socket that is open to `receiver`. */
export function openWebChannel(socket: WebSocket, receiver: Receiver): Channel {
  return new WebChannel(socket, receiver);
}

class WebChannel implements Channel {
  readonly closed: Promise<string>;
  readonly #socket: WebSocket;
  readonly #receiver: Receiver;
  #full = false;

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
    this.#socket.send(message, () => this.#sent());
    this.#full ||= this.bufferedBytes > lowWaterBytes;
  }

  close(): void {
    this.#socket.close(goingAway);
  }

  abort(): void {
    this.#socket.terminate();
  }

  /** The next message is held back until this one is dealt with. */
  #received(data: Buffer, isBinary: boolean): void {
    if (isBinary) return this.#socket.close(unsupportedData);
    const handled = this.#receiver.messageReceived(data.toString("utf8"));
    if (!handled) return;
    this.#socket.pause();
    void handled.finally(() => this.#socket.resume());
  }

  #sent(): void {
    if (!this.#full || this.bufferedBytes > lowWaterBytes) return;
    this.#full = false;
    this.#receiver.channelDrained();
  }
}
