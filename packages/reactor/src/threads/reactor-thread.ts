import { EventEmitter } from "node:events";
import { isMainThread, Worker } from "node:worker_threads";
import { asError } from "../as-error.ts";
import type { CloseReason } from "../close-reason.ts";
import { NotConnectedError } from "../errors.ts";
import type { LineOnlyReceiver } from "../line-only-receiver.ts";
import { systemClock } from "../system-clock.ts";
import { atTurnEnd, type TurnEnd } from "../turn.ts";
import {
  type ArgumentsOf,
  callsOf,
  type MethodName,
  type ResultOf,
  type ThreadCalls,
  waitBlocked,
} from "./thread-calls.ts";
import { fromThreadError } from "./thread-error.ts";
import { lengthOf } from "./thread-events.ts";
import type { CallEnd, ThreadEvent, ThreadOrder, ThreadSettings, ThreadTarget } from "./thread-messages.ts";

/** What to speak, and where to connect to. */
export type ReactorThreadOptions = ThreadTarget & {
  /** The module whose default export is the protocol's class; it finds a `ThreadFactory` as `this.factory`. */
  readonly protocol: URL;
};

/** How long to block, and whether the main thread may. */
export interface BlockingCallOptions {
  readonly timeoutMs: number;
  /** The main thread is a program's window or terminal: it does not block unless this says that it may. */
  readonly onMainThread?: boolean;
}

/** Each is told with the number of its connection; nothing of a connection is told once a newer one was asked for. */
export interface ReactorThreadEvents {
  /** The connection is made. */
  connected: [generation: number];
  /** What the protocol handed over with `this.factory.update(line)`. */
  line: [line: string, generation: number];
  /** What the protocol told with `this.factory.tell(value)`. */
  told: [value: unknown, generation: number];
  /** The connection has ended; by `stop`, with reason `shutdown`. */
  lost: [reason: CloseReason, generation: number];
  /** The attempt to connect failed, or the thread did. */
  failed: [error: Error, generation: number];
}

/** How much may be told before the thread hears that it was taken. */
const CREDIT_EVERY_LENGTH = 64 * 1024;
/** How much longer than the reactor's own deadline its thread may take before it is ended by force. */
const GRACE_MS = 1_000;
const ENDED = "the reactor's thread has ended";

/**
 * A client's reactor in a thread of its own: neither thread ever waits for the other, so a terminal or a window
 * stays free however busy the network is, and peers are answered however busy the window is. Lines go by `send` and
 * come as events; any method of the protocol can be called, and its answer is a promise.
 *
 * ```ts
 * const thread = new ReactorThread<Client>({ protocol: new URL("./client.ts", import.meta.url), host: "::1", port: 1234 });
 * thread.on("line", (line) => console.log(line));
 * await thread.start();
 * const version = await thread.calls.askVersion();
 * ```
 */
export class ReactorThread<P extends object = LineOnlyReceiver<object>>
  extends EventEmitter<ReactorThreadEvents>
  implements AsyncDisposable
{
  /**
   * The methods of the protocol of the present connection, called in the reactor's thread; arguments and results are
   * copied. Rejects with what the method throws, or with `NotConnectedError`.
   */
  readonly calls: ThreadCalls<P> = callsOf<P>((method, args) => this.#call(method, args));

  readonly #settings: ThreadSettings;
  readonly #unanswered = new Map<number, PromiseWithResolvers<unknown>>();
  #worker: Worker | undefined;
  /** What this turn orders leaves in one message. */
  readonly #turn: TurnEnd = { turnEnded: () => this.#postOrders() };
  #orders: ThreadOrder[] = [];
  #takenLength = 0;
  #started: PromiseWithResolvers<void> | undefined;
  #stopped: Promise<void> = Promise.resolve();
  #generation = 0;
  #lastId = 0;

  constructor({ protocol, ...target }: ReactorThreadOptions) {
    super();
    this.#settings = { protocolUrl: protocol.href, target };
  }

  /** Starts the thread and begins to connect. Resolves when the thread runs; `connected` or `failed` follows. */
  async start(): Promise<void> {
    if (this.#started) return this.#started.promise;
    const started = Promise.withResolvers<void>();
    this.#started = started;
    await this.#stopped;
    const worker = new Worker(new URL(import.meta.resolve("@trofie/reactor/reactor-worker")), {
      workerData: this.#settings,
    });
    this.#worker = worker;
    worker.on("message", (events: ThreadEvent[]) => this.#happened(events));
    worker.on("error", (error: Error) => this.#broken(error, started));
    this.#stopped = new Promise((resolve) => worker.once("exit", resolve)).then(() => this.#exited(started));
    this.reconnect();
    return started.promise;
  }

  /**
   * Sends a line. Resolves when the operating system has taken it from the transport; rejects with
   * `NotConnectedError` when it did not and never will, and with `TypeError` when it is no line. Never silently dropped.
   */
  send(line: string): Promise<void> {
    if (typeof line !== "string") return Promise.reject(new TypeError("Cannot send the line: it is no text"));
    return this.#ask((id) => this.#orderLine(id, line)) as Promise<void>;
  }

  /** Calls a method of the protocol in the reactor's thread: `calls`, for a method whose name is not known before. */
  async callFromThread<K extends MethodName<P>>(
    method: K,
    ...args: ArgumentsOf<P, K>
  ): Promise<ResultOf<P, K>> {
    return (await this.#call(method, args)) as ResultOf<P, K>;
  }

  /**
   * The same, and blocks this thread until the answer is there: for code that cannot wait otherwise. Throws what the
   * method throws, `NotConnectedError`, or `BlockingCallTimeoutError` after `timeoutMs`.
   */
  blockingCallFromThread<K extends MethodName<P>>(
    { timeoutMs, onMainThread = false }: BlockingCallOptions,
    method: K,
    ...args: ArgumentsOf<P, K>
  ): ResultOf<P, K> {
    if (isMainThread && !onMainThread) {
      throw new TypeError(`Cannot call ${method}: it would block the main thread`);
    }
    const worker = this.#worker;
    if (!worker) throw new NotConnectedError("the reactor's thread does not run");
    const generation = this.#generation;
    this.#postOrders();
    const value = waitBlocked(method, timeoutMs, (caller) => {
      const order: ThreadOrder = { kind: "blocking-call", caller, generation, method, args };
      worker.postMessage([order], [caller.port]);
    });
    return value as ResultOf<P, K>;
  }

  /** Leaves the present connection and makes a new one. */
  reconnect(): void {
    this.#generation += 1;
    this.#order({ kind: "connect", generation: this.#generation });
  }

  /** Flushes, closes, ends the thread: in this order, and by force when it takes longer than `deadlineMs`. */
  async stop({ deadlineMs = 5_000 }: { readonly deadlineMs?: number } = {}): Promise<void> {
    if (this.#started && !this.#worker) await this.#stopped; // A start waits for the same, and goes first.
    const worker = this.#worker;
    if (!worker) return;
    this.#started = undefined; // The next start makes a new thread.
    this.#order({ kind: "stop", deadlineMs });
    const force = systemClock.callLater(deadlineMs + GRACE_MS, () => void worker.terminate());
    await this.#stopped;
    force.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #call(method: string, args: readonly unknown[]): Promise<unknown> {
    const generation = this.#generation;
    return this.#ask((id) => this.#order({ kind: "call", id, generation, method, args }));
  }

  #ask(order: (id: number) => void): Promise<unknown> {
    if (!this.#worker) return Promise.reject(new NotConnectedError("the reactor's thread does not run"));
    const answer = Promise.withResolvers<unknown>();
    this.#lastId += 1;
    this.#unanswered.set(this.#lastId, answer);
    order(this.#lastId);
    return answer.promise;
  }

  /** What a message costs, it costs for each object in it: the lines of a turn are one. */
  #orderLine(id: number, line: string): void {
    const generation = this.#generation;
    const last = this.#orders.at(-1);
    const isNext = last?.kind === "send" && last.firstId + last.lines.length === id;
    if (isNext && last.generation === generation) last.lines.push(line);
    else this.#order({ kind: "send", firstId: id, generation, lines: [line] });
  }

  #postOrders(): void {
    const orders = this.#orders;
    this.#orders = [];
    if (orders.length === 0) return;
    try {
      this.#worker?.postMessage(orders);
    } catch {
      for (const order of orders) this.#postAlone(order);
    }
  }

  /** What cannot be copied is its caller's error, and spoils nothing else. */
  #postAlone(order: ThreadOrder): void {
    try {
      this.#worker?.postMessage([order]);
    } catch (error) {
      if ("id" in order) this.#answer(order.id)?.reject(asError(error));
    }
  }

  #order(order: ThreadOrder): void {
    if (this.#orders.push(order) === 1) atTurnEnd(this.#turn);
  }

  /** The thread holds its peer back when too much is on the way to here. */
  #taken(length: number): void {
    this.#takenLength += length;
    if (this.#takenLength < CREDIT_EVERY_LENGTH) return;
    this.#order({ kind: "credit", length: this.#takenLength });
    this.#takenLength = 0;
  }

  #happened(events: ThreadEvent[]): void {
    for (const event of events) this.#tell(event);
  }

  #tell(event: ThreadEvent): void {
    if (event.kind === "lines" || event.kind === "told") this.#taken(lengthOf(event));
    if ("generation" in event && event.generation !== this.#generation) return;
    switch (event.kind) {
      case "ready":
        return this.#started?.resolve();
      case "connected":
        return void this.emit("connected", event.generation);
      case "lines":
        for (const line of event.lines) this.emit("line", line, event.generation);
        return;
      case "told":
        return void this.emit("told", event.value, event.generation);
      case "lost":
        return void this.emit("lost", event.reason, event.generation);
      case "failed":
        return void this.emit("failed", fromThreadError(event.error), event.generation);
      case "sent":
        for (const id of event.ids) this.#answer(id)?.resolve(undefined);
        return;
      case "unsent":
        return this.#answer(event.id)?.reject(fromThreadError(event.error));
      case "called":
        return settle(this.#answer(event.id), event.end);
    }
  }

  #answer(id: number): PromiseWithResolvers<unknown> | undefined {
    const answer = this.#unanswered.get(id);
    this.#unanswered.delete(id);
    return answer;
  }

  #broken(error: Error, started: PromiseWithResolvers<void>): void {
    started.reject(error);
    this.emit("failed", error, this.#generation);
  }

  #exited(started: PromiseWithResolvers<void>): void {
    this.#worker = undefined;
    this.#orders = [];
    this.#takenLength = 0;
    started.reject(new NotConnectedError(ENDED));
    if (this.#started === started) this.#started = undefined;
    for (const answer of this.#unanswered.values()) answer.reject(new NotConnectedError(ENDED));
    this.#unanswered.clear();
  }
}

function settle(answer: PromiseWithResolvers<unknown> | undefined, end: CallEnd): void {
  if (end.kind === "returned") answer?.resolve(end.value);
  else answer?.reject(fromThreadError(end.error));
}
