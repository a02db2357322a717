import { MessageLinesFactory } from "@trofie/commands/lines";
import { MemoryJournal } from "@trofie/commands/testing";
import type { Port } from "@trofie/reactor";
import { collectFaults, MemoryReactor, type MemoryLink } from "@trofie/reactor/testing";
import { openBoxOffice } from "./box-office.ts";
import { Buyer } from "./buyer.ts";
import type { Sold } from "./contract.ts";
import { faults, flaws, type Fault } from "./faults.ts";

export const place = "tcp:1234";
const stock = 50;

/** So long tickets are ordered and things break; then nothing does, and a silent connection is given up after 20 s. */
const [wildMs, calmMs] = [60_000, 60_000];

/**
 * A box office and two buyers in a world of their own. Network, journal and outboxes are in memory, time is virtual,
 * and chance comes from a seed: the same seed makes the same world.
 */
export class World {
  readonly reactor: MemoryReactor;
  readonly journal = new MemoryJournal();
  readonly buyers: readonly Buyer[] = ["anna", "bert"].map((name) => new Buyer(name, this));
  /** All that happened, in order. */
  readonly trace: string[] = [];
  /** What must never be, and was: the first of it. */
  broken: string | null = null;
  #port: Port | null = null;

  constructor(seed: number) {
    this.reactor = new MemoryReactor({ seed, delayMs: [0, 200] });
  }

  /** From the first order until all has come to rest. With a `flaw` of `flaws`, something is broken for good. */
  async live(flaw?: string): Promise<this> {
    using thrown = collectFaults();
    this.openOffice();
    for (const buyer of this.buyers) {
      buyer.start();
      this.#often(12, () => buyer.buy(this.between(1, 6)));
    }
    // In each world about half of the faults: some hide behind others.
    for (const [name, fault] of Object.entries(faults))
      if (this.between(0, 1) === 1) this.#often(4, () => this.#break(name, fault));
    if (flaw !== undefined) this.#often(4, () => this.#break(flaw, flaws[flaw]!));
    await this.reactor.clock.advance(wildMs + calmMs);
    this.#checkAtRest();
    for (const { message } of thrown.errors) this.check(false, `A handler threw: ${message}`);
    return this;
  }

  openOffice(): void {
    if (this.#port) return;
    const { journal, reactor } = this;
    const onMistake = (error: unknown) =>
      this.check(false, `The box office made a mistake: ${String(error)}`);
    const office = openBoxOffice({ journal, clock: reactor.clock, stock, onMistake });
    const authenticate = () => ({ principal: "a buyer", role: "operator" }) as const;
    const factory = new MessageLinesFactory(() => office.accept({ name: "open", authenticate }));
    void reactor.listen(place, factory).then((port) => (this.#port = port));
  }

  /** As SIGKILL does: it says nothing any more, and the kernel cuts its connections. */
  killOffice(): void {
    void this.#port?.stopListening();
    this.#port = null;
    for (const link of this.reactor.network.links) link.reset();
  }

  /** The connections that are there, or were there last. */
  get newestLinks(): readonly MemoryLink[] {
    return this.reactor.network.links.slice(-this.buyers.length);
  }

  readonly between = (least: number, most: number): number =>
    least + Math.floor(this.reactor.random.number() * (most - least + 1));

  readonly pick = <T>(choices: readonly T[]): T => choices[this.between(0, choices.length - 1)]!;

  note(what: string): void {
    this.trace.push(`${(this.reactor.clock.nowMs() / 1000).toFixed(3).padStart(6)} s  ${what}`);
  }

  check(holds: boolean, otherwise: string): void {
    if (holds) return;
    this.note(`BROKEN: ${otherwise}`);
    this.broken ??= otherwise;
  }

  #often(times: number, act: () => void): void {
    for (let count = 0; count < times; count++)
      this.reactor.clock.callLater(this.between(1_000, wildMs), act);
  }

  #break(name: string, fault: Fault): void {
    this.note(name);
    const repair = fault(this);
    if (!repair) return;
    this.reactor.clock.callLater(this.between(1, 8_000), () => {
      this.note(`${name}: over`);
      repair();
    });
  }

  /** What was carried out is what was told, once, and everybody has heard of it. */
  #checkAtRest(): void {
    const sales = this.journal.rows.map(({ body }) => body as Sold);
    const left = sales.at(-1)?.left ?? stock;
    for (const { name, orders, told, open, outbox, known } of this.buyers) {
      for (const order of orders) {
        const times = sales.filter((sale) => sale.order === order).length;
        const answer = told.get(order) ?? "nothing";
        this.check(
          times === (answer === "sold" ? 1 : 0),
          `${order} was sold ${times} times, and ${name} was told: ${answer}`,
        );
      }
      this.check(open.size + outbox.commands.size === 0, `${name} still waits for an answer`);
      this.check(known?.seq === sales.length, `${name} has heard ${known?.seq} of ${sales.length} events`);
      this.check(known?.left === left, `${name} believes that ${known?.left} tickets are left, not ${left}`);
    }
  }
}
