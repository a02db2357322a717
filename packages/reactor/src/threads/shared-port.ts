import { Worker } from "node:worker_threads";
import type { Address } from "../address.ts";
import { checkNumber } from "../check-number.ts";
import { ConnectionCount } from "../connection-count.ts";
import { type ListenEndpoint, listenEndpoint } from "../endpoints/listen-endpoint.ts";
import { CannotListenError } from "../errors.ts";
import type { Port } from "../port.ts";
import type { StopReport } from "../reactor.ts";
import { reportFault } from "../report-fault.ts";
import type { PortEvent, PortOrder, PortWorkerSettings } from "./port-messages.ts";
import { fromThreadError } from "./thread-error.ts";

/** Whose factory, and in how many threads. */
export interface ListenInThreadsOptions {
  /** The module whose default export is the factory's class; each thread makes one. */
  readonly factory: URL;
  readonly threads: number;
}

/** A port that several threads share: the kernel gives each new connection to one of them. */
export interface SharedPort extends Port {
  /** Stops the reactors of all threads, as `Reactor.stop` does, and ends the threads. */
  stop(options?: { readonly deadlineMs?: number }): Promise<StopReport>;
}

/**
 * Listens at a TCP or TLS endpoint in several threads at once, to use more than one core. Connections of different
 * threads share nothing but what their module arranges. Rejects as `Reactor.listen` does.
 *
 * ```ts
 * const port = await listenInThreads("tcp:8080", { factory: new URL("./chat.ts", import.meta.url), threads: 4 });
 * ```
 */
export async function listenInThreads(
  endpoint: string,
  options: ListenInThreadsOptions,
): Promise<SharedPort> {
  checkNumber(
    "listen in threads",
    { threads: options.threads },
    (value) => Number.isInteger(value) && value > 0,
  );
  const parsed = listenEndpoint(endpoint);
  if (parsed.place.kind !== "tcp") {
    throw new CannotListenError(`Cannot listen in threads at ${endpoint}: only a TCP port can be shared`);
  }
  const port = new ThreadsPort();
  try {
    for (let thread = 0; thread < options.threads; thread++) {
      await port.addThread(options.factory, shared(parsed, port.threadCount > 0 ? port.address : undefined));
    }
    return port;
  } catch (error) {
    await port.stop({ deadlineMs: 0 });
    throw error;
  }
}

/** The endpoint, to be shared; at the port that the first thread was given, where any was asked for. */
function shared(endpoint: ListenEndpoint, first: Address | undefined): ListenEndpoint {
  const { place } = endpoint;
  if (place.kind !== "tcp") return endpoint;
  const port = first?.kind === "tcp" ? first.port : place.port;
  return { ...endpoint, place: { ...place, port, reusePort: true } };
}

class ThreadsPort implements SharedPort {
  readonly #threads: PortThread[] = [];
  readonly #count = new ConnectionCount();
  #stopped: Promise<StopReport> | undefined;

  get threadCount(): number {
    return this.#threads.length;
  }

  get address(): Address {
    return this.#threads[0]!.address;
  }

  get connectionCount(): number {
    return this.#count.count;
  }

  async addThread(factory: URL, endpoint: ListenEndpoint): Promise<void> {
    const thread = new PortThread({ factoryUrl: factory.href, endpoint }, (change) =>
      this.#count.add(change),
    );
    await thread.listening;
    this.#threads.push(thread);
  }

  whenConnectionCount(
    isWanted: (count: number) => boolean,
    options?: { readonly signal?: AbortSignal },
  ): Promise<void> {
    return this.#count.when(isWanted, options);
  }

  suspend(): Promise<void> {
    return this.#orderAll("suspend");
  }

  resume(): Promise<void> {
    return this.#orderAll("resume");
  }

  stopListening(): Promise<void> {
    return this.#orderAll("stop-listening");
  }

  stop({ deadlineMs = 5_000 }: { readonly deadlineMs?: number } = {}): Promise<StopReport> {
    this.#stopped ??= Promise.all(this.#threads.map((thread) => thread.stop(deadlineMs))).then((reports) => ({
      cut: reports.flatMap(({ cut }) => cut),
    }));
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #orderAll(kind: "suspend" | "resume" | "stop-listening"): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.order((id) => ({ kind, id }))));
  }
}

/** One of the threads, seen from outside. */
class PortThread {
  readonly #worker: Worker;
  readonly #counted: (change: number) => void;
  readonly #answers = new Map<number, PromiseWithResolvers<StopReport>>();
  readonly #listening = Promise.withResolvers<Address>();
  readonly #ended: Promise<void>;
  #address: Address | undefined;
  #count = 0;
  #lastId = 0;
  #hasExited = false;

  constructor(settings: PortWorkerSettings, counted: (change: number) => void) {
    this.#counted = counted;
    this.#worker = new Worker(new URL(import.meta.resolve("@trofie/reactor/port-worker")), {
      workerData: settings,
    });
    this.#worker.on("message", (event: PortEvent) => this.#happened(event));
    this.#worker.on("error", (error: Error) => this.#broke(error));
    this.#ended = new Promise((resolve) => this.#worker.once("exit", () => resolve(this.#exited())));
  }

  get listening(): Promise<Address> {
    return this.#listening.promise;
  }

  get address(): Address {
    return this.#address!;
  }

  order(orderFor: (id: number) => PortOrder): Promise<StopReport> {
    if (this.#hasExited) return Promise.resolve({ cut: [] });
    const answer = Promise.withResolvers<StopReport>();
    this.#lastId += 1;
    this.#answers.set(this.#lastId, answer);
    this.#worker.postMessage(orderFor(this.#lastId));
    return answer.promise;
  }

  async stop(deadlineMs: number): Promise<StopReport> {
    const report = await this.order((id) => ({ kind: "stop", id, deadlineMs }));
    await this.#ended;
    return report;
  }

  #happened(event: PortEvent): void {
    switch (event.kind) {
      case "listening":
        this.#address = event.address;
        return this.#listening.resolve(event.address);
      case "cannot-listen":
        this.#listening.reject(fromThreadError(event.error));
        return void this.#worker.terminate();
      case "count":
        return this.#counts(event.count);
      case "done":
        return this.#answer(event.id)?.resolve({ cut: [] });
      case "stopped":
        return this.#answer(event.id)?.resolve(event.report);
      case "failed":
        return this.#answer(event.id)?.reject(fromThreadError(event.error));
    }
  }

  #counts(count: number): void {
    const change = count - this.#count;
    this.#count = count;
    this.#counted(change);
  }

  #answer(id: number): PromiseWithResolvers<StopReport> | undefined {
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    return answer;
  }

  /** The thread dies of it. */
  #broke(error: Error): void {
    if (this.#address) reportFault({ error, source: this });
    else this.#listening.reject(error);
  }

  #exited(): void {
    this.#hasExited = true;
    this.#counts(0);
    this.#listening.reject(new CannotListenError("Cannot listen: the thread ended before it listened"));
    for (const answer of this.#answers.values()) answer.resolve({ cut: [] });
    this.#answers.clear();
  }
}
