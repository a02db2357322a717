/** What may stand between a connection and its session: the place where tests break things on purpose. */
import type { Channel, Receiver } from "@trofie/commands";

/** Passes everything on; a fault overrides what it breaks. */
export class BetweenReceiver implements Receiver {
  readonly #to: Receiver;
  readonly #channel: (channel: Channel) => Channel;

  /** `channel` stands between the session and the connection, in the other direction. */
  constructor(to: Receiver, channel: (channel: Channel) => Channel = (same) => same) {
    this.#to = to;
    this.#channel = channel;
  }

  channelOpened(channel: Channel): void {
    this.#to.channelOpened(this.#channel(channel));
  }

  messageReceived(message: string): void | Promise<void> {
    return this.#to.messageReceived(message);
  }

  undecodableReceived(): void {
    this.#to.undecodableReceived();
  }

  tooLongReceived(): void {
    this.#to.tooLongReceived();
  }

  channelDrained(): void {
    this.#to.channelDrained();
  }

  channelLost(reason: string): void {
    this.#to.channelLost(reason);
  }
}

/** A channel that sends what `send` makes of a message. */
export function changedChannel(channel: Channel, send: (message: string, channel: Channel) => void): Channel {
  return {
    get bufferedBytes() {
      return channel.bufferedBytes;
    },
    closed: channel.closed,
    send: (message) => send(message, channel),
    close: () => channel.close(),
    abort: () => channel.abort(),
  };
}
