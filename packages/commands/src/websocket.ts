/** Channels on a WebSocket as browsers have it (https://websockets.spec.whatwg.org): one message per text frame. */
import type { Channel, Connect, Receiver } from "./channel.ts";

/** The sub-protocol both ends name, so that a socket meant for something else is refused. */
export const webSocketProtocol = "trofie.v1";

/** Opens channels to a station's page door, at a `ws:` or `wss:` URL. Who asks is known by the page's cookie. */
export function connectWebSocket(url: string): Connect {
  return (receiver, signal) => {
    const opened = Promise.withResolvers<Channel>();
    const socket = new WebSocket(url, webSocketProtocol);
    const channel = new WebSocketChannel(socket, receiver, opened);
    signal.addEventListener("abort", () => channel.abort(), { once: true });
    return opened.promise;
  };
}

class WebSocketChannel implements Channel {
  readonly closed: Promise<string>;
  readonly #socket: WebSocket;
  readonly #end: (reason: string) => void;

  constructor(socket: WebSocket, receiver: Receiver, opened: PromiseWithResolvers<Channel>) {
    const closed = Promise.withResolvers<string>();
    this.closed = closed.promise;
    this.#socket = socket;
    let isOpen = false;
    this.#end = once((reason) => {
      if (isOpen) receiver.channelLost(reason);
      opened.reject(new Error(`Cannot connect to ${socket.url}: ${reason}`));
      closed.resolve(reason);
    });
    socket.addEventListener("open", () => {
      isOpen = true;
      receiver.channelOpened(this);
      opened.resolve(this);
    });
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") void receiver.messageReceived(data);
      else receiver.undecodableReceived();
    });
    socket.addEventListener("close", ({ code, reason }) => this.#end(reason || closeText(code, isOpen)));
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message);
  }

  close(): void {
    this.#socket.close(1000);
  }

  /** A browser cannot cut a WebSocket; it is closed, and nothing that still arrives is looked at. */
  abort(): void {
    this.#socket.close(1000);
    this.#end("aborted here");
  }
}

/** Why it closed, in words: a browser says 1006 for all that is no orderly close (RFC 6455 §7.4.1). */
function closeText(code: number, wasOpen: boolean): string {
  if (code !== 1006) return `closed with code ${code}`;
  return wasOpen ? "the connection was cut" : "no answer";
}

function once(fn: (reason: string) => void): (reason: string) => void {
  let called = false;
  return (reason) => {
    if (called) return;
    called = true;
    fn(reason);
  };
}
