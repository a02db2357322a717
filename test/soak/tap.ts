/** Listens on a client's connections: which commands it sends, and what it is answered, before it does anything with it. */
import type { Connect, Receiver } from "@trofie/commands";
import { PassThrough } from "../pass-through.ts";
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
class Tap extends PassThrough {
  readonly #witness: Witness;
  /** Commands by the id of their request. */
  readonly #asked = new Map<number, string>();

  constructor(receiver: Receiver, witness: Witness) {
    super(receiver);
    this.#witness = witness;
  }

  override send(message: string): void {
    if (message.includes(`"cmd":"`)) this.#commandGoes(JSON.parse(message) as Request);
    this.channel.send(message);
  }

  override messageReceived(message: string): void | Promise<void> {
    const id = /^\{"jsonrpc":"2\.0","id":(\d+),/.exec(message)?.[1];
    const cmd = this.#asked.get(Number(id));
    if (cmd !== undefined) this.#witness({ is: "answered", cmd, answer: JSON.parse(message) as Answer });
    return super.messageReceived(message);
  }

  override undecodableReceived(): void {
    this.#witness({ is: "mistake", text: "it was sent what is not UTF-8" });
    super.undecodableReceived();
  }

  override tooLongReceived(): void {
    this.#witness({ is: "mistake", text: "it was sent a message that is too long" });
    super.tooLongReceived();
  }

  #commandGoes({ id, method, params }: Request): void {
    this.#asked.set(id, params.cmd);
    this.#witness({ is: "sent", cmd: params.cmd, method, params });
  }
}
