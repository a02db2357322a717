/** Channels on a reactor's transports: one message per line of UTF-8, ended by LF (a CR before it is white space). */
import {
  Factory,
  LineOnlyReceiver,
  type CloseReason,
  type Handled,
  type Protocol,
  type Reactor,
} from "@trofie/reactor";
import {
  lowWaterBytes,
  maxBytesAfterOpen,
  maxBytesFromStation,
  type Channel,
  type Connect,
  type Receiver,
} from "./channel.ts";

/** For a station's ports: each connection speaks with what `accept` makes for it. */
export class MessageLinesFactory extends Factory {
  readonly #accept: () => Receiver;
  readonly #maxMessageBytes: number;

  constructor(accept: () => Receiver, maxMessageBytes = maxBytesAfterOpen) {
    super();
    this.#accept = accept;
    this.#maxMessageBytes = maxMessageBytes;
  }

  override buildProtocol(): Protocol {
    return new MessageLines(this.#accept(), this.#maxMessageBytes);
  }
}

/** Opens channels to a station at an endpoint of the reactor: `unix:/run/trofie/station.sock`, `tcp:host=…:port=…`. */
export function connectLines(reactor: Reactor, endpoint: string): Connect {
  return async (receiver, signal) => {
    const factory = new MessageLinesFactory(() => receiver, maxBytesFromStation);
    return (await reactor.connect(endpoint, factory, { signal })) as MessageLines;
  };
}

class MessageLines extends LineOnlyReceiver implements Channel {
  override readonly delimiter = "\n";
  override readonly maxLengthBytes: number;
  readonly #receiver: Receiver;
  readonly #closed = Promise.withResolvers<string>();
  #drainAwaited = false;

  constructor(receiver: Receiver, maxMessageBytes: number) {
    super();
    this.#receiver = receiver;
    this.maxLengthBytes = maxMessageBytes;
  }

  get bufferedBytes(): number {
    return this.transport.bufferedBytes;
  }

  get closed(): Promise<string> {
    return this.#closed.promise;
  }

  send(message: string): void {
    if (this.transport.disconnecting) return;
    this.sendLine(message);
    if (this.bufferedBytes > lowWaterBytes) this.#awaitDrain();
  }

  close(): void {
    void this.transport.loseConnection();
  }

  abort(): void {
    this.transport.abortConnection();
  }

  override connectionMade(): void {
    this.#receiver.channelOpened(this);
  }

  override dataReceived(bytes: Uint8Array): Handled {
    this.#receiver.bytesReceived?.();
    return super.dataReceived(bytes);
  }

  override lineReceived(line: string): void | Promise<void> {
    if (line !== "" && line !== "\r") return this.#receiver.messageReceived(line);
  }

  override undecodableLineReceived(): void {
    this.#receiver.undecodableReceived();
  }

  override lineLengthExceeded(): void {
    this.#receiver.tooLongReceived();
    this.close();
  }

  override connectionLost(reason: CloseReason): void {
    const words = endingText(reason);
    this.#receiver.channelLost(words);
    this.#closed.resolve(words);
  }

  #awaitDrain(): void {
    if (this.#drainAwaited) return;
    this.#drainAwaited = true;
    this.transport.onDrain(() => {
      this.#drainAwaited = false;
      this.#receiver.channelDrained();
    });
  }
}

const endings: Readonly<Record<CloseReason["kind"], string>> = {
  done: "the connection was closed",
  lost: "the connection was cut",
  aborted: "the connection was given up",
  timeout: "nothing came any more",
  refused: "the connection was refused",
  "protocol-error": "the protocol was broken",
  "slow-consumer": "too much waited to be read",
  shutdown: "the program is ending",
};

function endingText({ kind, error }: CloseReason): string {
  return error ? `${endings[kind]} (${error.message})` : endings[kind];
}
