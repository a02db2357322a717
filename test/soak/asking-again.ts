/** Sends commands that have their verdict once more, as a copy that was late would come, and hears what is answered. */
import type { Channel, Prove, Receiver } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { Reactor } from "@trofie/reactor";
import type { Answer } from "./facts.ts";
import type { Command } from "./ledger.ts";

interface Message extends Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly nonce?: string };
}

export interface AskingAgain {
  readonly endpoint: string;
  readonly auth: Prove | null;
  readonly commands: readonly Command[];
  readonly answered: (cmd: string, answer: Answer) => void;
}

/** An answer that takes longer does not come. */
const answeredWithinMs = 120_000;

/** Resolves when each was answered. Rejects when the station does not let us in, the connection ends, or answers stay out. */
export async function askAgain(asking: AskingAgain): Promise<void> {
  await using reactor = new Reactor();
  const asker = new Asker(asking);
  const late = AbortSignal.timeout(answeredWithinMs);
  late.addEventListener("abort", () => asker.channelLost("did not answer"));
  const channel = await connectLines(reactor, asking.endpoint)(asker, late);
  await asker.done;
  channel.close();
}

/** The opening of the session has this id; that of a command is its place in the list. */
const openingId = -1;

class Asker implements Receiver {
  readonly #asking: AskingAgain;
  readonly #done = Promise.withResolvers<void>();
  #channel!: Channel;
  #answers = 0;

  constructor(asking: AskingAgain) {
    this.#asking = asking;
    this.#done.promise.catch(() => {}); // where no connection came nobody waits for it
  }

  get done(): Promise<void> {
    return this.#done.promise;
  }

  channelOpened(channel: Channel): void {
    this.#channel = channel;
  }

  messageReceived(text: string): void {
    const message = JSON.parse(text) as Message;
    if (message.method === "station.greet") this.#open(message.params!.nonce);
    else if (message.id === openingId) this.#opened(message);
    else if (message.id !== undefined) this.#answered(message.id, message);
  }

  undecodableReceived(): void {
    this.#done.reject(new Error("The station says what is not UTF-8"));
  }

  tooLongReceived(): void {
    this.#done.reject(new Error("The station says more than a message holds"));
  }

  channelDrained(): void {}

  channelLost(reason: string): void {
    this.#done.reject(new Error(`The station was asked again, and ${reason}`));
  }

  #open(nonce: string | undefined): void {
    const auth = this.#asking.auth?.(nonce!).auth ?? {};
    const want = { events: false, progress: false };
    const client = crypto.randomUUID();
    this.#send(openingId, "session.open", {
      proto: [1],
      client,
      agent: "soak again",
      auth,
      resume: null,
      want,
    });
  }

  #opened({ error }: Message): void {
    if (error !== undefined) return this.#done.reject(new Error(error.message));
    this.#askNext();
  }

  /** One after the other, as answers come. */
  #askNext(): void {
    const command = this.#asking.commands[this.#answers];
    if (command === undefined) return this.#done.resolve();
    this.#send(this.#answers, command.method, command.params);
  }

  #answered(id: number, answer: Answer): void {
    const { commands, answered } = this.#asking;
    answered(commands[id]!.cmd, answer);
    this.#answers += 1;
    this.#askNext();
  }

  #send(id: number, method: string, params: object): void {
    this.#channel.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  }
}
