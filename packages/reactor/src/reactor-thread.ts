import { EventEmitter } from "node:events";
import { Worker } from "node:worker_threads";
import type { CloseReason } from "./close-reason.ts";
import { NotConnectedError } from "./errors.ts";
import { systemClock } from "./system-clock.ts";
import { lengthOf } from "./thread-events.ts";
import type { ThreadEvent, ThreadOrder, ThreadSettings, ThreadTarget } from "./thread-messages.ts";

export type ReactorThreadOptions = ThreadTarget & {
  /** The module whose default export is the protocol: a `LineOnlyReceiver<ThreadFactory>`. */
  readonly protocol: URL;
};

/** Each is told with the number of its connection; nothing of a connection is told once a newer one was asked for. */
export interface ReactorThreadEvents {
  connected: [generation: number];
  line: [line: string, generation: number];
  lost: [reason: CloseReason, generation: number];
  /** The attempt to connect failed, or the thread did. */
  failed: [error: Error, generation: number];
}

/** How much longer than the reactor's own deadline its thread may take before it is ended by force. */
const GRACE_MS = 1_000;

/**
 * A client's reactor in a thread of its own: neither thread ever waits for the other, so a terminal or a window
 * stays free however busy the network is, and peers are answered however busy the window is.
 *
 * ```ts
 * const thread = new ReactorThread({ protocol: new URL("./client.ts", import.meta.url), host: "::1", port: 1234 });
 * thread.on("line", (line) => console.log(line));
 * await thread.start();
 * ```
 */
export class ReactorThread extends EventEmitter<ReactorThreadEvents> implements AsyncDisposable {
  readonly #settings: ThreadSettings;
  readonly #unanswered = new Map<number, PromiseWithResolvers<void>>();
  #worker: Worker | undefined;
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
    worker.on("error", (error: Error) => this.#broken(error));
    this.#stopped = new Promise((resolve) => worker.once("exit", resolve)).then(() => this.#exited());
    this.reconnect();
    return started.promise;
  }

  /**
   * Sends a line. Resolves when the operating system has taken it from the transport; rejects with
   * `NotConnectedError` when it did not and never will. Never silently dropped.
   */
  send(line: string): Promise<void> {
    if (!this.#worker) return Promise.reject(new NotConnectedError("the reactor's thread does not run"));
    const answer = Promise.withResolvers<void>();
    this.#lastId += 1;
    this.#unanswered.set(this.#lastId, answer);
    this.#order({ kind: "send", id: this.#lastId, generation: this.#generation, line });
    return answer.promise;
  }

  /** Leaves the present connection and makes a new one. */
  reconnect(): void {
    this.#generation += 1;
    this.#order({ kind: "connect", generation: this.#generation });
  }

  /** Flushes, closes, ends the thread: in this order, and by force when it takes longer than `deadlineMs`. */
  async stop({ deadlineMs = 5_000 }: { readonly deadlineMs?: number } = {}): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#order({ kind: "stop", deadlineMs });
    const force = systemClock.callLater(deadlineMs + GRACE_MS, () => void worker.terminate());
    await this.#stopped;
    force.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #order(order: ThreadOrder): void {
    this.#worker?.postMessage(order);
  }

  #happened(events: ThreadEvent[]): void {
    for (const event of events) this.#tell(event);
  }

  #tell(event: ThreadEvent): void {
    if (event.kind === "lines") this.#order({ kind: "credit", length: sum(event.lines.map(lengthOf)) });
    if ("generation" in event && event.generation !== this.#generation) return;
    switch (event.kind) {
      case "ready":
        return this.#started?.resolve();
      case "connected":
        return void this.emit("connected", event.generation);
      case "lines":
        for (const line of event.lines) this.emit("line", line, event.generation);
        return;
      case "lost":
        return void this.emit("lost", event.reason, event.generation);
      case "failed":
        return void this.emit("failed", event.error, event.generation);
      case "sent":
        return this.#answer(event.id)?.resolve();
      case "unsent":
        return this.#answer(event.id)?.reject(new NotConnectedError(event.why));
    }
  }

  #answer(id: number): PromiseWithResolvers<void> | undefined {
    const answer = this.#unanswered.get(id);
    this.#unanswered.delete(id);
    return answer;
  }

  #broken(error: Error): void {
    this.#started?.reject(error);
    this.emit("failed", error, this.#generation);
  }

  #exited(): void {
    this.#worker = undefined;
    this.#started?.reject(new NotConnectedError("the reactor's thread has ended"));
    this.#started = undefined;
    for (const answer of this.#unanswered.values()) {
      answer.reject(new NotConnectedError("the reactor's thread has ended"));
    }
    this.#unanswered.clear();
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
