/**
 * The customers of a station: one on its UNIX socket, two through a bad network, and one with a process of its own that is
 * killed now and then. All that is seen of them goes into the ledger.
 */
import { readFileSync } from "node:fs";
import { connectLines } from "@trofie/commands/lines";
import { proveToken } from "@trofie/commands/token-proof";
import { Reactor, systemClock, systemRandom, type Clock } from "@trofie/reactor";
import { ChaosProxy, type Place as Address } from "../chaos/chaos-proxy.ts";
import { HurriedClock } from "../chaos/hurried-clock.ts";
import { Weather } from "../chaos/weather.ts";
import { Chance } from "../simulation/chance.ts";
import { askAgain } from "./asking-again.ts";
import { Customer } from "./customer.ts";
import type { Ledger, Client as LedgerClient } from "./ledger.ts";
import { MortalCustomer } from "./mortal-customer.ts";
import { freePort, type Place } from "./place.ts";
import { WitnessedOutbox } from "./witnessed-outbox.ts";

export interface CustomersOptions {
  readonly place: Place;
  /** Where the station listens. */
  readonly port: number;
  readonly seed: number;
  readonly ledger: Ledger;
}

/** Behind a bad network a connection may be dead without a word; by this clock that is noticed in a second or two. */
const hurried = new HurriedClock(10);

export class Customers implements AsyncDisposable {
  /** On the station's own socket. */
  readonly nearest: Customer;
  readonly mortal: MortalCustomer;
  readonly #options: CustomersOptions;
  readonly #chance: Chance;
  readonly #reactors: Reactor[] = [];
  readonly #customers: Customer[] = [];
  readonly #proxies: readonly { readonly proxy: ChaosProxy; readonly weather: Weather }[];

  private constructor(options: CustomersOptions, proxies: readonly ChaosProxy[]) {
    const { place, seed, port } = options;
    this.#options = options;
    this.#chance = new Chance(seed, 2);
    this.#proxies = proxies.map((proxy, at) => ({ proxy, weather: new Weather(proxy, seed + at) }));
    const [byTcp, byUnix] = proxies.map(({ at }) => endpointOf(at));
    this.nearest = this.#hire(
      { name: "desk", way: "unix", hasOutbox: false },
      `unix:${place.socket}`,
      systemClock,
    );
    this.#hire({ name: "laptop", way: "tcp", hasOutbox: true }, byTcp!, hurried);
    this.#hire({ name: "phone", way: "unix", hasOutbox: false }, byUnix!, hurried);
    this.mortal = this.#hireMortal(
      { name: "script", way: "tcp", hasOutbox: true },
      `tcp:host=127.0.0.1:port=${port}`,
    );
  }

  /** Hires them, and lets them begin. */
  static async start(options: CustomersOptions): Promise<Customers> {
    const { place, port, seed } = options;
    const at = { port: await freePort() };
    const proxies = [
      await ChaosProxy.start({ to: { port }, at, seed }),
      await ChaosProxy.start({ to: { path: place.socket }, at: { path: place.in("proxy.sock") }, seed }),
    ];
    const customers = new Customers(options, proxies);
    for (const customer of customers.#customers) customer.start();
    customers.mortal.start();
    return customers;
  }

  /** The network is bad in another way, or good. */
  async changeWeather(): Promise<void> {
    for (const { proxy, weather } of this.#proxies) {
      if (this.#chance.oneIn(2)) await proxy.heal();
      else await weather.change();
    }
  }

  resetConnections(): void {
    for (const { proxy } of this.#proxies) proxy.reset();
  }

  /** Nobody wants anything more, and the network is good. */
  async rest(): Promise<void> {
    for (const { proxy } of this.#proxies) await proxy.heal();
    for (const customer of this.#customers) customer.rest();
    this.mortal.rest();
  }

  get areAtRest(): boolean {
    return this.#customers.every(({ isAtRest }) => isAtRest) && this.mortal.isAtRest;
  }

  /** For whoever waits for them in vain. */
  get waitFor(): string {
    const own = this.#customers.map(({ waitsFor }) => waitsFor);
    return [...own, `script ${this.mortal.isAtRest ? "is" : "is not"} at rest`].join("\n");
  }

  /** Sends every command that was answered once more, each by the way that it came. */
  async askAgain(): Promise<void> {
    const { place, port, ledger } = this.#options;
    const endpoints = { unix: `unix:${place.socket}`, tcp: `tcp:host=127.0.0.1:port=${port}` };
    for (const way of ["unix", "tcp"] as const)
      await askAgain({
        endpoint: endpoints[way],
        auth: way === "tcp" ? this.#prove : null,
        commands: [...ledger.commands.values()].filter(({ by, answer }) => by.way === way && answer !== null),
        answered: (cmd, answer) => ledger.answered(cmd, answer),
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.mortal[Symbol.asyncDispose]();
    for (const customer of this.#customers) await customer.stop();
    for (const { proxy } of this.#proxies) await proxy[Symbol.asyncDispose]();
    for (const reactor of this.#reactors) await reactor.stop({ deadlineMs: 1_000 });
  }

  #hire(of: LedgerClient, endpoint: string, clock: Clock): Customer {
    const { place, ledger } = this.#options;
    const life = ledger.born(of);
    const reactor = new Reactor({ clock });
    this.#reactors.push(reactor);
    const witness = ledger.take.bind(ledger, life);
    const customer = new Customer({
      name: of.name,
      client: crypto.randomUUID(),
      connect: connectLines(reactor, endpoint),
      auth: of.way === "tcp" ? this.#prove : null,
      outbox: of.hasOutbox ? new WitnessedOutbox(this.#outboxPath(of), witness) : null,
      clock,
      chance: new Chance(this.#chance.word()),
      disks: place.disks,
      witness,
    });
    this.#customers.push(customer);
    return customer;
  }

  #hireMortal(of: LedgerClient, endpoint: string): MortalCustomer {
    const { place, ledger } = this.#options;
    let life = ledger.born(of);
    let lives = 0;
    return new MortalCustomer({
      order: {
        name: of.name,
        client: crypto.randomUUID(),
        seed: this.#chance.word(),
        endpoint,
        tokenPath: place.tokenPath,
        outboxPath: this.#outboxPath(of),
        factsPath: place.in(`${of.name}.facts`),
        disks: place.disks,
      },
      born: () => {
        if (lives++ > 0) life = ledger.born(of);
      },
      witness: (fact) => ledger.take(life, fact),
    });
  }

  /** The token is there once a station has opened. */
  readonly #prove = (nonce: string) =>
    proveToken(readFileSync(this.#options.place.tokenPath, "utf8").trim(), systemRandom)(nonce);

  #outboxPath({ name }: LedgerClient): string {
    return this.#options.place.in(`${name}.outbox`);
  }

  /** Files of commands that wait for their verdict; there is none when all have it. */
  get outboxes(): readonly string[] {
    return ["laptop", "script"].map((name) => this.#options.place.in(`${name}.outbox`));
  }
}

function endpointOf(address: Address): string {
  return "port" in address ? `tcp:host=127.0.0.1:port=${address.port}` : `unix:${address.path}`;
}
