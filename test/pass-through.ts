/** Stands between a client and its connection, and passes everything on: whoever listens overrides what it listens to. */
import type { Channel, Receiver } from "@trofie/commands";

/** A channel to the client, and a receiver to the connection. */
export class PassThrough implements Channel, Receiver {
  protected readonly receiver: Receiver;
  protected channel!: Channel;

  constructor(receiver: Receiver) {
    this.receiver = receiver;
  }

  get bufferedBytes(): number {
    return this.channel.bufferedBytes;
  }

  get closed(): Promise<string> {
    return this.channel.closed;
  }

  send(message: string): void {
    this.channel.send(message);
  }

  close(): void {
    this.channel.close();
  }

  abort(): void {
    this.channel.abort();
  }

  channelOpened(channel: Channel): void {
    this.channel = channel;
    this.receiver.channelOpened(this);
  }

  bytesReceived(): void {
    this.receiver.bytesReceived?.();
  }

  messageReceived(message: string): void | Promise<void> {
    return this.receiver.messageReceived(message);
  }

  undecodableReceived(): void {
    this.receiver.undecodableReceived();
  }

  tooLongReceived(): void {
    this.receiver.tooLongReceived();
  }

  channelDrained(): void {
    this.receiver.channelDrained();
  }

  channelLost(reason: string): void {
    this.receiver.channelLost(reason);
  }
}
