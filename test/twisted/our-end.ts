import { Factory, type Port } from "@trofie/reactor";
import type { ReceiverName, Settings } from "./case.ts";
import { EventQueue } from "./event-queue.ts";
import { Queue } from "./queue.ts";
import { reactor } from "./reactor-module.ts";
import { makeReceiver, type Talker } from "./receivers.ts";

/** Our end of one connection. */
export interface OurConnection {
  readonly protocol: Talker;
  readonly events: EventQueue;
}

/** Makes our receivers of one kind, and hands them to the test. */
export class TalkerFactory extends Factory<Talker> {
  readonly connections = new Queue<OurConnection>();
  readonly #receiver: ReceiverName;
  readonly #settings: Partial<Settings>;

  constructor(receiver: ReceiverName, settings: Partial<Settings> = {}) {
    super();
    this.#receiver = receiver;
    this.#settings = settings;
  }

  override buildProtocol(): Talker {
    const events = new EventQueue();
    const protocol = makeReceiver(this.#receiver, { reactor, settings: this.#settings, tell: events.tell });
    this.connections.push({ protocol, events });
    return protocol;
  }
}

/** The number of a TCP port. */
export function portNumber({ address }: Port): number {
  if (address.kind !== "tcp") throw new Error("Cannot tell the port's number: it is no TCP port");
  return address.port;
}
