/** Listens on a client's connections: which commands it sends, and what it is answered, before it does anything with it. */
import type { Channel, Connect, Receiver } from "@trofie/commands";
import type { Answer, Witness } from "./facts.ts";

/** Connects with a witness on the line. */
export function tapped(connect: Connect, witness: Witness): Connect {
  return async (receiver, signal) => {
    const tap = new Tap(receiver, witness);
    await connect(tap, signal);
    return tap;
  };
}

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: { readonly cmd: string };
}

/** One connection: a channel to the client, a receiver to the connection. */
class Tap implements Channel, Receiver {
  readonly #receiver: Receiver;
  readonly #witness: Witness;
  /** Commands by the id of their request. */
  readonly #asked = new Map<number, string>();
  #channel!: Channel;

  constructor(receiver: Receiver, witness: Witness) {
    this.#receiver = receiver;
    this.#witness = witness;
  }

  get bufferedBytes(): number {
    return this.#channel.bufferedBytes;
  }

  get closed(): Promise<string> {
    return this.#channel.closed;
  }

  send(message: string): void {
    if (message.includes(`"cmd":"`)) this.#commandGoes(JSON.parse(message) as Request);
    this.#channel.send(message);
  }

  close(): void {
    this.#channel.close();
  }

  abort(): void {
    this.#channel.abort();
  }

  channelOpened(channel: Channel): void {
    this.#channel = channel;
    this.#receiver.channelOpened(this);
  }

  messageReceived(message: string): void | Promise<void> {
    const id = /^\{"jsonrpc":"2\.0","id":(\d+),/.exec(message)?.[1];
    const cmd = this.#asked.get(Number(id));
    if (cmd !== undefined) this.#witness({ is: "answered", cmd, answer: JSON.parse(message) as Answer });
    return this.#receiver.messageReceived(message);
  }

  undecodableReceived(): void {
    this.#witness({ is: "mistake", text: "it was sent what is not UTF-8" });
    this.#receiver.undecodableReceived();
  }

  tooLongReceived(): void {
    this.#witness({ is: "mistake", text: "it was sent a message that is too long" });
    this.#receiver.tooLongReceived();
  }

  channelDrained(): void {
    this.#receiver.channelDrained();
  }

  channelLost(reason: string): void {
    this.#receiver.channelLost(reason);
  }

  #commandGoes({ id, method, params }: Request): void {
    this.#asked.set(id, params.cmd);
    this.#witness({ is: "sent", cmd: params.cmd, method, params });
  }
}
