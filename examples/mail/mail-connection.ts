import type { Socket } from "node:net";
import { type Clock, type CloseReason, type DelayedCall, StreamProtocol, systemClock } from "@trofie/reactor";

/**
 * A connection as Nodemailer wishes it: a stream that also says `timeout` when the server has been silent for too
 * long, as sockets of Node do.
 */
export class MailConnection extends StreamProtocol {
  readonly clock: Clock = systemClock;
  #longestSilenceMs = 0;
  #silence: DelayedCall | undefined;

  /** Nodemailer says that it needs a `Socket`. Of what a stream does not have, it uses `setTimeout`. */
  get socket(): Socket {
    return this.stream as Socket;
  }

  override connectionMade() {
    this.socket.setTimeout = (longestSilenceMs) => {
      this.#longestSilenceMs = longestSilenceMs;
      this.#listen();
      return this.socket;
    };
  }

  override dataReceived(bytes: Uint8Array) {
    this.#listen();
    super.dataReceived(bytes);
  }

  override connectionLost(reason: CloseReason) {
    this.#silence?.cancel();
    return super.connectionLost(reason);
  }

  #listen(): void {
    this.#silence?.cancel();
    if (this.#longestSilenceMs === 0) return;
    this.#silence = this.clock.callLater(this.#longestSilenceMs, () => this.stream.emit("timeout"));
  }
}
