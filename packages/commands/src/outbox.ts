/**
 * Calls that have no answer yet, in the order in which they were made.
 *
 * Invariant: an entry leaves only with a final answer. While there is no connection entries wait; at each new
 * connection all of them are sent again, as they were. A command is in the store before it is sent for the first time.
 */
import type { Clock } from "@trofie/reactor";
import { Refusal } from "./errors.ts";
import type { Params } from "./json-rpc.ts";
import { savedCommand, type OutboxStore } from "./outbox-store.ts";

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

/** The command could not be saved, so it was not sent: nothing has happened. */
export class NotSentError extends Error {
  override readonly name = "NotSentError";
}

interface Entry {
  readonly method: string;
  /** Makes the parameters at the first send; they are the same at every later one. */
  readonly params: () => Params;
  readonly resolve: (answer: Params) => void;
  readonly reject: (error: Error) => void;
  /** Settled when the store has it; undefined before the first send, and for queries, which nobody need remember. */
  saved?: Promise<void>;
  /** True when the store has had it from the start: an earlier life of this client sent it. */
  readonly isOld: boolean;
}

/** Told of each refusal that is not final: the call waits and is asked again. */
export type Postponed = (refusal: Refusal, method: string) => void;

/** Holds each call until its final answer. */
export class Outbox {
  readonly #clock: Clock;
  readonly #store: OutboxStore;
  readonly #postponed: Postponed;
  readonly #entries = new Set<Entry>();
  /** Calls are saved, and leave, one after the other. */
  #saving: Promise<unknown> = Promise.resolve();
  #send: Send | null = null;
  #endedBecause: string | null = null;

  constructor(clock: Clock, store: OutboxStore, postponed: Postponed) {
    this.#clock = clock;
    this.#store = store;
    this.#postponed = postponed;
  }

  /** Resolves with the answer, rejects with a final `Refusal`, or a `NotSentError` when it could not be saved. */
  add(method: string, params: () => Params, { isOld = false } = {}): Promise<Params> {
    return new Promise((resolve, reject) => {
      if (this.#endedBecause !== null) return reject(new NoAnswerError(method, this.#endedBecause));
      const entry: Entry = { method, params, resolve, reject, isOld };
      this.#entries.add(entry);
      if (this.#send) void this.#sendEntry(entry, this.#send);
    });
  }

  /** A new connection is open: sends everything again. */
  connected(send: Send): void {
    this.#send = send;
    for (const entry of this.#entries) void this.#sendEntry(entry, send);
  }

  disconnected(): void {
    this.#send = null;
  }

  /** Nothing will be sent any more: rejects what has no answer. The store keeps it for the next life. */
  end(reason: string): void {
    this.#endedBecause = reason;
    for (const { method, reject } of this.#entries) reject(new NoAnswerError(method, reason));
    this.#entries.clear();
  }

  async #sendEntry(entry: Entry, send: Send): Promise<void> {
    const params = entry.params();
    try {
      const saving = this.#saving.then(() => this.#isSaved(entry, params));
      this.#saving = saving;
      if (!(await saving) || this.#send !== send) return;
      const answer = await send(entry.method, params);
      this.#answered(entry, params, () => entry.resolve(answer));
    } catch (error) {
      this.#failed(entry, params, send, error);
    }
  }

  /** False when it is not to be sent. */
  async #isSaved(entry: Entry, params: Params): Promise<boolean> {
    const command = savedCommand(entry.method, params);
    if (command === null || entry.isOld) return true;
    try {
      await (entry.saved ??= Promise.resolve(this.#store.save(command)));
      return this.#entries.has(entry);
    } catch (error) {
      this.#entries.delete(entry);
      entry.reject(
        new NotSentError(`Cannot send ${entry.method}: it could not be saved here`, { cause: error }),
      );
      return false;
    }
  }

  #failed(entry: Entry, params: Params, send: Send, error: unknown): void {
    // Anything but a refusal means that the connection went: the entry waits for the next one.
    if (!(error instanceof Refusal)) return;
    if (error.details.final !== false) return this.#answered(entry, params, () => entry.reject(error));
    this.#postponed(error, entry.method);
    this.#clock.callLater(askAgainMs, () => {
      if (this.#send === send && this.#entries.has(entry)) void this.#sendEntry(entry, send);
    });
  }

  /** Whoever asked hears of it first: a program that dies between the two asks again, and gets the same answer. */
  #answered(entry: Entry, params: Params, settle: () => void): void {
    if (!this.#entries.delete(entry)) return;
    settle();
    const command = savedCommand(entry.method, params);
    if (command !== null) void this.#forget(command.cmd);
  }

  /** What cannot be forgotten is sent again by the next life, and answered the same. */
  async #forget(cmd: string): Promise<void> {
    try {
      await this.#store.remove(cmd);
    } catch {}
  }
}
