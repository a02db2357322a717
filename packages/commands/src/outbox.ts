/**
 * Calls that have no answer yet, in the order in which they were made.
 *
 * Invariant: an entry leaves only with a final answer. While there is no connection entries wait; at each new
 * connection all of them are sent again, as they were.
 */
import type { Clock } from "@trofie/reactor";
import { Refusal } from "./errors.ts";
import type { Params } from "./json-rpc.ts";

export type Send = (method: string, params: object) => Promise<Params>;

/** A refusal that is not final ("the journal is full") is worth asking again after this time. */
const askAgainMs = 1_000;

/** Nobody will answer any more; a command may or may not have been carried out. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";

  constructor(what: string, reason: string) {
    super(`Cannot tell what became of ${what}: ${reason}`);
  }
}

interface Entry {
  readonly method: string;
  /** Makes the parameters at the first send; they are the same at every later one. */
  readonly params: () => object;
  readonly resolve: (answer: Params) => void;
  readonly reject: (error: Error) => void;
}

/** Told of each refusal that is not final: the call waits and is asked again. */
export type Postponed = (refusal: Refusal, method: string) => void;

/** Holds each call until its final answer. */
export class Outbox {
  readonly #clock: Clock;
  readonly #postponed: Postponed;
  readonly #entries = new Set<Entry>();
  #send: Send | null = null;
  #endedBecause: string | null = null;

  constructor(clock: Clock, postponed: Postponed) {
    this.#clock = clock;
    this.#postponed = postponed;
  }

  /** Resolves with the answer, rejects with a final `Refusal`. */
  add(method: string, params: () => object): Promise<Params> {
    return new Promise((resolve, reject) => {
      if (this.#endedBecause !== null) return reject(new NoAnswerError(method, this.#endedBecause));
      const entry = { method, params, resolve, reject };
      this.#entries.add(entry);
      if (this.#send) this.#sendEntry(entry, this.#send);
    });
  }

  /** A new connection is open: sends everything again. */
  connected(send: Send): void {
    this.#send = send;
    for (const entry of this.#entries) this.#sendEntry(entry, send);
  }

  disconnected(): void {
    this.#send = null;
  }

  /** Nothing will be sent any more: rejects what has no answer. */
  end(reason: string): void {
    this.#endedBecause = reason;
    for (const { method, reject } of this.#entries) reject(new NoAnswerError(method, reason));
    this.#entries.clear();
  }

  #sendEntry(entry: Entry, send: Send): void {
    send(entry.method, entry.params()).then(
      (answer) => this.#answered(entry, () => entry.resolve(answer)),
      (error: unknown) => this.#failed(entry, send, error),
    );
  }

  #failed(entry: Entry, send: Send, error: unknown): void {
    // Anything but a refusal means that the connection went: the entry waits for the next one.
    if (!(error instanceof Refusal)) return;
    if (error.details.final !== false) return this.#answered(entry, () => entry.reject(error));
    this.#postponed(error, entry.method);
    this.#clock.callLater(askAgainMs, () => {
      if (this.#send === send && this.#entries.has(entry)) this.#sendEntry(entry, send);
    });
  }

  #answered(entry: Entry, settle: () => void): void {
    if (this.#entries.delete(entry)) settle();
  }
}
