import { Client, Refusal, type Channel, type SnapshotItem } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { MemoryOutbox } from "@trofie/commands/testing";
import { contract, type Sold } from "./contract.ts";
import { place, type World } from "./world.ts";

/** Orders tickets, and watches how many are left. Its program may die at any moment; only its outbox stays. */
export class Buyer {
  readonly name: string;
  readonly outbox = new MemoryOutbox();
  /** What was ordered in all its lives, and what it was told of each order. */
  readonly orders: string[] = [];
  readonly told = new Map<string, string>();
  /** The orders of this life that it was told nothing of. */
  readonly open = new Set<string>();
  /** How many tickets are left, as of the event with that number. */
  known: { readonly seq: number; readonly left: number } | null = null;
  readonly #world: World;
  #client: Client<typeof contract> | null = null;
  #channel: Channel | null = null;

  constructor(name: string, world: World) {
    this.name = name;
    this.#world = world;
  }

  /** Begins a life, which has nothing but the outbox of the one before. */
  start(): void {
    if (this.#client) return;
    this.known = null;
    this.open.clear();
    const { reactor } = this.#world;
    const connect = connectLines(reactor, place);
    this.#client = new Client<typeof contract>({
      contract,
      connect: async (receiver, signal) => (this.#channel = await connect(receiver, signal)),
      clock: reactor.clock,
      random: reactor.random,
      agent: this.name,
      outbox: this.outbox,
    });
    this.#client.listen({
      snapshotReceived: (items, seq) => (this.known = { seq, left: leftIn(items) }),
      eventReceived: ({ seq, body }) => this.#hear(seq, body as Sold),
      earlierCommandSettled: ({ params }, verdict) => {
        this.#world.note("an order of an earlier life is answered");
        this.#tell(params.order as string, verdict);
      },
    });
    this.#client.start();
  }

  /** As SIGKILL does: nothing is said any more, and nothing saved. */
  kill(): void {
    this.#channel?.abort();
    void this.#client?.stop();
    this.#client = null;
  }

  buy(count: number): void {
    if (!this.#client) return;
    const order = `${this.name}'s order ${this.orders.length + 1}`;
    this.#world.note(`${order}, ${count} tickets`);
    this.orders.push(order);
    this.open.add(order);
    this.#client.command("tickets.buy", { order, count }).then(
      (answer) => this.#tell(order, answer),
      (error: unknown) => error instanceof Refusal && this.#tell(order, error), // else this life has ended
    );
  }

  #tell(order: string, verdict: object): void {
    const answer = verdict instanceof Refusal ? verdict.code : "sold";
    this.#world.note(`${order}: ${answer}`);
    this.#world.check(["sold", "SOLD_OUT"].includes(answer), `${order} was answered with ${answer}`);
    this.#world.check(!this.told.has(order), `${order} was answered twice`);
    this.told.set(order, answer);
    this.open.delete(order);
  }

  /** Each event follows on the one before it or on the snapshot, in its number and in what it says. */
  #hear(seq: number, { order, count, left }: Sold): void {
    const { known, name } = this;
    this.#world.check(known?.seq === seq - 1, `${name} heard event ${seq} after ${known?.seq}`);
    this.#world.check(
      known?.left === left + count,
      `${name} heard that ${order} left ${left} of ${known?.left}`,
    );
    this.known = { seq, left };
  }
}

function leftIn([stock]: readonly SnapshotItem[]): number {
  return (stock!.item as { readonly left: number }).left;
}
