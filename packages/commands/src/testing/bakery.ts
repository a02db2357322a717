/**
 * A station in miniature for the tests of this package: a bakery. `bread.list` reads, `bread.bake` starts a job that
 * a test finishes with `finish`, `oven.clean` is a command, `oven.heat` takes its time. It runs on a memory network and a virtual clock.
 */
import { Reactor, type Random } from "@trofie/reactor";
import { MemoryNetwork, seededRandom, VirtualClock } from "@trofie/reactor/testing";
import * as z from "zod";
import { Client, type ClientOptions } from "../client.ts";
import { command, event, operation, query, type Contract, type Role } from "../contract.ts";
import { protocolErrors, Refusal } from "../errors.ts";
import { connectLines, MessageLinesFactory } from "../lines.ts";
import { CommandServer } from "../server.ts";
import type { Admitted, Door, Doubt } from "../server-session.ts";
import { MemoryJournal } from "./memory-journal.ts";

const Loaf = z.strictObject({ id: z.string(), kind: z.string(), done: z.boolean() });
export type Loaf = z.infer<typeof Loaf>;

export const bakeryContract = {
  methods: {
    "bread.list": query({
      input: z.strictObject({ limit: z.int().default(2) }),
      result: z.strictObject({ loaves: z.array(Loaf) }),
      errors: [],
      role: "viewer",
    }),
    "bread.bake": operation({
      input: z.strictObject({ kind: z.string().max(100) }),
      progress: z.strictObject({ job: z.string(), degrees: z.number() }),
      result: Loaf,
      errors: ["NO_FLOUR"],
      role: "operator",
    }),
    "oven.heat": query({
      input: z.strictObject({ minutes: z.number() }),
      result: z.strictObject({ degrees: z.number() }),
      errors: [],
      role: "viewer",
    }),
    "oven.clean": command({
      input: z.strictObject({}),
      result: z.strictObject({ times: z.number() }),
      errors: [],
      role: "admin",
    }),
  },
  events: { "job.accepted": event(Loaf), "job.ended": event(Loaf) },
} as const satisfies Contract;

const endpoint = "tcp:host=127.0.0.1:port=1234";

const errorTable = {
  ...protocolErrors,
  NO_FLOUR: { number: -32050, final: true, meaning: "there is no flour" },
};

export class Bakery {
  readonly clock = new VirtualClock();
  readonly network: MemoryNetwork;
  readonly random: Random;
  readonly journal = new MemoryJournal();
  readonly loaves = new Map<string, Loaf>();
  readonly mistakes: unknown[] = [];
  readonly doubts: Doubt[] = [];
  readonly refused: [door: string, agent: string][] = [];
  /** What the door gives to prove a secret with, and what it proves in its turn. */
  nonce: string | undefined;
  proof: string | undefined;
  mostUnopened: number | undefined;
  readonly server: CommandServer<typeof bakeryContract>;
  readonly reactor: Reactor;
  /** What the door says of whoever shows `{ key: "open" }`. */
  role: Role = "admin";
  hasFlour = true;
  cleanings = 0;
  readonly #clients: Client<typeof bakeryContract>[] = [];

  private constructor(seed: number) {
    this.random = seededRandom(seed);
    this.network = new MemoryNetwork({ seed, clock: this.clock });
    this.reactor = new Reactor({ net: this.network, clock: this.clock, random: this.random });
    this.server = new CommandServer<typeof bakeryContract>({
      station: "bakery",
      contract: bakeryContract,
      handlers: {
        "bread.list": ({ limit }) => ({ loaves: [...this.loaves.values()].slice(0, limit) }),
        "bread.bake": ({ kind }) => this.#bake(kind),
        "oven.heat": ({ minutes }) =>
          new Promise((resolve) => this.clock.callLater(minutes * 60_000, () => resolve({ degrees: 230 }))),
        "oven.clean": () => ({ record: () => ({ times: (this.cleanings += 1) }) }),
      },
      codes: errorTable,
      log: this.journal,
      verdicts: this.journal,
      clock: this.clock,
      digest: (method, params) => JSON.stringify([method, params]),
      onInternalError: (error) => this.mistakes.push(error),
      doubted: (doubt) => this.doubts.push(doubt),
      notAdmitted: (door, agent) => this.refused.push([door, agent]),
    });
    this.journal.onCommit = () => this.server.eventsCommitted();
  }

  static async open(seed = 1): Promise<Bakery> {
    const bakery = new Bakery(seed);
    const authenticate = (auth: Readonly<Record<string, unknown>>): Admitted | null =>
      auth.key === "open"
        ? { principal: "baker", role: bakery.role, ...defined({ proof: bakery.proof }) }
        : null;
    const door = (): Door => ({
      name: "key",
      authenticate,
      ...defined({ nonce: bakery.nonce, mostUnopened: bakery.mostUnopened }),
    });
    const factory = new MessageLinesFactory(() => bakery.server.accept(door()));
    await bakery.reactor.listenTCP(1234, factory);
    return bakery;
  }

  /** A client that has begun to connect. */
  client(options: Partial<ClientOptions<typeof bakeryContract>> = {}): Client<typeof bakeryContract> {
    const client = new Client<typeof bakeryContract>({
      contract: bakeryContract,
      connect: connectLines(this.reactor, endpoint),
      clock: this.clock,
      random: this.random,
      agent: "test",
      auth: { key: "open" },
      ...options,
    });
    this.#clients.push(client);
    client.start();
    return client;
  }

  finish(job: string): void {
    const loaf = { ...this.loaves.get(job)!, done: true };
    this.loaves.set(job, loaf);
    this.journal.items.push({ kind: "job", id: job, ended: true, item: loaf });
    this.journal.publish("job.ended", job, loaf);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) void client.stop();
    await this.clock.run(this.reactor.stop());
  }

  #bake(kind: string): { record: () => { job: string } } {
    if (kind === "stone") throw new TypeError("stones cannot be baked");
    if (!this.hasFlour) throw new Refusal("NO_FLOUR", "Cannot bake: there is no flour");
    return {
      record: () => {
        const loaf = { id: `loaf-${this.loaves.size + 1}`, kind, done: false };
        this.loaves.set(loaf.id, loaf);
        this.journal.append("job.accepted", loaf.id, loaf);
        return { job: loaf.id };
      },
    };
  }
}

function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
