/** Channels: any connection that carries whole messages in order. Lines on a reactor's transport, or a WebSocket. */

/** The sending half, made by the connection. */
export interface Channel {
  /** Sends one message. After the channel closed it does nothing: `closed` tells. */
  send(message: string): void;
  /** Bytes accepted by `send` that have not left this process. */
  readonly bufferedBytes: number;
  /** Flushes, then closes. */
  close(): void;
  /** Closes at once; what was not sent is lost. */
  abort(): void;
  /** Settles with a sentence that says why, once, when nothing more will be received. Never rejects. */
  readonly closed: Promise<string>;
}

/** The receiving half, given to the connection by whoever uses the channel. */
export interface Receiver {
  /** Once, before anything else. */
  channelOpened(channel: Channel): void;
  /** Some bytes came, of a message perhaps that is not whole yet. A browser's WebSocket tells of whole messages alone. */
  bytesReceived?(): void;
  /** A returned promise holds back the next message and, where the connection can, stops reading the peer. */
  messageReceived(message: string): void | Promise<void>;
  /** Bytes that are not UTF-8 arrived in place of a message. */
  undecodableReceived(): void;
  /** The peer sent a longer message than the connection takes. It closes by itself afterwards. */
  tooLongReceived(): void;
  /** `bufferedBytes` was above the low-water mark, and is not any more. */
  channelDrained(): void;
  /** Once, last. */
  channelLost(reason: string): void;
}

/** Opens a channel to the peer, with `receiver` at its other half. Rejects with an error that says why not. */
export type Connect = (receiver: Receiver, signal: AbortSignal) => Promise<Channel>;

/** The longest message a station takes: before the session is open, and after. */
export const maxBytesBeforeOpen = 4_096;
export const maxBytesAfterOpen = 65_536;
/** The longest message a client takes: a page of a list. */
export const maxBytesFromStation = 4 * 1_048_576;

/** Above the first a sender holds back what it can make again later; below the second it sends again. */
export const highWaterBytes = 65_536;
export const lowWaterBytes = 16_384;
