import * as amp from "@trofie/reactor/amp";
import { EventQueue } from "./event-queue.ts";
import { Queue } from "./queue.ts";
import { reactor } from "./reactor-module.ts";
import { makeReceiver } from "./receivers.ts";

/** How many calls `Gather` waits for; `amp_peer.py` has the same commands and the same number. */
export const GATHERED = 200;

export class ZeroDivisionError extends Error {}
export class Poisoned extends Error {}

const all = {
  integer: amp.optional(amp.Integer),
  floats: amp.optional(amp.ListOf(amp.Float)),
  boolean: amp.optional(amp.Boolean),
  unicode: amp.optional(amp.Unicode),
  bytes: amp.optional(amp.String),
  decimals: amp.optional(amp.ListOf(amp.Decimal)),
  dates: amp.optional(amp.ListOf(amp.DateTime)),
  lists: amp.optional(amp.ListOf(amp.ListOf(amp.Integer))),
  boxes: amp.optional(amp.AmpList({ name: amp.Unicode, age: amp.optional(amp.Integer) })),
};
export type AllValues = amp.Values<typeof all>;
export const Everything = amp.command({ name: "Everything", args: all, response: all });

export const Divide = amp.command({
  name: "Divide",
  args: { numerator: amp.Integer, denominator: amp.Integer },
  response: { result: amp.Float },
  errors: { ZERO_DIVISION: ZeroDivisionError },
});

export const Poison = amp.command({ name: "Poison", fatalErrors: { POISONED: Poisoned } });
export const Crash = amp.command({ name: "Crash" });
const index = { index: amp.Integer };
export const Gather = amp.command({ name: "Gather", args: index, response: index });
const keyword = { f: amp.Unicode };
export const Keyword = amp.command({ name: "Keyword", args: keyword, response: keyword });
export const Note = amp.command({ name: "Note", args: { text: amp.Unicode }, requiresAnswer: false });
export const Missing = amp.command({ name: "Missing" });
export const Switch = amp.command({ name: "Switch" });

/** Answers the commands as `amp_peer.py` does, but for `Missing`. */
export class OurCommands extends amp.AMP {
  /** What `Everything` was called with. */
  readonly received = new Queue<AllValues>();
  readonly notes = new Queue<string>();
  /** What the connection is switched to, which speaks at once, and what that is told. */
  readonly lineEvents = new EventQueue();
  readonly lines = makeReceiver("LineReceiver", { reactor, settings: {}, tell: this.lineEvents.tell });
  readonly #gathered: (() => void)[] = [];

  override connectionMade(): void {
    this.lines.connectionMade = () => this.lines.send("lines now");
    this.responder(Everything, (values) => {
      this.received.push(values);
      return values;
    });
    this.responder(Divide, ({ numerator, denominator }) => {
      if (denominator === 0) throw new ZeroDivisionError("division by zero, è");
      return { result: Number(numerator) / Number(denominator) };
    });
    this.responder(Poison, () => {
      throw new Poisoned("no more, è");
    });
    this.responder(Crash, () => {
      throw new Error("a bug");
    });
    this.responder(Gather, (values) => this.#gather(values));
    this.responder(Keyword, (values) => values);
    this.responder(Note, ({ text }) => this.notes.push(text));
    this.switchResponder(Switch, () => this.lines);
  }

  /** Answers when all have come, the last one first. */
  async #gather<T>(values: T): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gathered.push(resolve);
    if (this.#gathered.length === GATHERED) queueMicrotask(() => this.#answerAll());
    await promise;
    return values;
  }

  #answerAll(): void {
    for (const answer of this.#gathered.toReversed()) answer();
  }
}
