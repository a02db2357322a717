/**
 * Keeps one connection alive: connects, prepares it, waits for its end, backs off, connects again. It knows
 * nothing of sockets and imports nothing of Node, so it keeps a WebSocket in a browser just as well.
 *
 * @module
 */
import { fullJitter, type RetryPolicy } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { asError } from "./as-error.ts";
import type { Random } from "./random.ts";
import { systemClock } from "./system-clock.ts";
import { systemRandom } from "./system-random.ts";

export { fullJitter, type FullJitterOptions, type RetryPolicy } from "./backoff.ts";
export type { Clock, DelayedCall } from "./clock.ts";
export type { Random } from "./random.ts";
export { systemClock } from "./system-clock.ts";
export { systemRandom } from "./system-random.ts";

/** How to make, prepare and end one connection, and how patient to be. */
export interface ClientServiceOptions<C> {
  /** Makes one connection; `signal` gives it up. */
  readonly connect: (signal: AbortSignal) => Promise<C>;

  /** Settles when the connection has ended. Called once per connection, before `prepare`. */
  readonly closed: (connection: C) => Promise<unknown>;

  /** Ends the connection. */
  readonly close: (connection: C) => unknown;

  /** Makes a fresh connection ready, for example by a hello; when it fails, the attempt has failed. */
  readonly prepare?: (connection: C) => Promise<void>;

  /** How long to wait before the next attempt; `fullJitter()` by default. */
  readonly policy?: RetryPolicy;

  /** A connection that stayed up this long wipes out the failures before it; 10 s by default. */
  readonly stableMs?: number;

  /** Told of every change of state. */
  readonly onState?: (state: ClientState) => void;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** What a client service is doing now. */
export interface ClientState {
  readonly state: "stopped" | "connecting" | "waiting" | "connected" | "stopping";
  /** While waiting: how long, from the moment of the call. */
  readonly retryInMs?: number;
  /** What ended the last attempt or connection. */
  readonly lastError?: Error | undefined;
}

/** The service is not running, so there will be no connection. */
export class ServiceStoppedError extends Error {
  override readonly name = "ServiceStoppedError";
  readonly code = "SERVICE_STOPPED";
}

/** How long to wait for a connection. */
export interface WhenConnectedOptions {
  readonly signal?: AbortSignal | undefined;
  readonly failAfterFailures?: number;
}

/** Somebody who waits for a connection. */
interface Waiter<C> extends PromiseWithResolvers<C> {
  failuresLeft: number;
}

/** From `start` to the end of `stop`. */
interface Run {
  stopping: boolean;
  ended: Promise<void>;
}

/** How an attempt, or the connection that it made, came to its end. */
interface Ending {
  readonly error: Error | undefined;
  readonly wasStable: boolean;
}

/** Keeps one connection alive from `start` to `stop`: connects, prepares, waits for its end, backs off, connects again. */
export class ClientService<C> implements AsyncDisposable {
  readonly #options: ClientServiceOptions<C>;
  readonly #clock: Clock;
  readonly #random: Random;
  #state: ClientState = { state: "stopped" };
  #run: Run | undefined;
  /** Gives up the present attempt, or ends the present connection. */
  #attempt = new AbortController();
  #connection: { readonly value: C } | undefined;
  #waiters = new Set<Waiter<C>>();
  #endWait: () => void = () => {};

  constructor(options: ClientServiceOptions<C>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
  }

  get state(): ClientState["state"] {
    return this.#state.state;
  }

  /** Begins to connect; while stopping, begins again as soon as it has stopped. */
  start(): void {
    if (this.#run && !this.#run.stopping) return;
    const before = this.#run?.ended;
    const run: Run = { stopping: false, ended: Promise.resolve() };
    this.#run = run;
    run.ended = this.#keepConnected(run, before);
  }

  /** Gives up the attempt or closes the connection, and waits for its end. Never rejects. */
  async stop(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    if (!run.stopping) {
      run.stopping = true;
      this.#enter({ state: "stopping" });
      const reason = new ServiceStoppedError("Cannot connect: the service was stopped");
      this.#rejectWaiters(reason);
      this.#attempt.abort(reason);
      this.#endWait();
    }
    await run.ended;
  }

  /**
   * The connection, once it is there and prepared. Rejects when the service is stopped, by the signal, or, where
   * `failAfterFailures` is given, with the error of that many attempts that failed in a row from now on.
   */
  whenConnected({ signal, failAfterFailures = Infinity }: WhenConnectedOptions = {}): Promise<C> {
    if (!this.#run || this.#run.stopping) {
      return Promise.reject(
        new ServiceStoppedError("Cannot wait for a connection: the service is not started"),
      );
    }
    if (signal?.aborted) return Promise.reject(asError(signal.reason));
    if (this.#connection) return Promise.resolve(this.#connection.value);
    return this.#waitForConnection(signal, failAfterFailures);
  }

  /** Ends the present wait, for example because the network is back. */
  retryNow(): void {
    this.#endWait();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #keepConnected(run: Run, before: Promise<void> | undefined): Promise<void> {
    await before;
    let failures = 0;
    let lastError: Error | undefined;
    while (!run.stopping) {
      this.#enter({ state: "connecting", lastError });
      this.#attempt = new AbortController();
      const ending = await this.#oneConnection(this.#attempt.signal);
      if (run.stopping) break;
      lastError = ending.error;
      failures = ending.wasStable ? 1 : failures + 1;
      await this.#wait(failures, lastError);
    }
    if (this.#run === run) this.#run = undefined;
    this.#enter({ state: "stopped" });
  }

  async #oneConnection(signal: AbortSignal): Promise<Ending> {
    const stopped = aborted(signal);
    let connection: C;
    try {
      connection = await this.#connect(signal, stopped);
    } catch (error) {
      return this.#failed(asError(error));
    }
    const closed = errorOf(() => this.#options.closed(connection));
    try {
      await this.#prepare(connection, Promise.race([closed, stopped]));
    } catch (error) {
      await this.#close(connection, closed);
      return this.#failed(asError(error));
    }
    return this.#stayConnected(connection, closed, stopped);
  }

  /** Connects. A connection that comes after `stop` is closed again at once. */
  async #connect(signal: AbortSignal, stopped: Promise<undefined>): Promise<C> {
    const attempt = this.#options.connect(signal).then((value) => ({ value }));
    const connected = await Promise.race([attempt, stopped]);
    if (connected && !signal.aborted) return connected.value;
    attempt.then(({ value }) => this.#options.close(value)).catch(() => {});
    throw asError(signal.reason);
  }

  async #prepare(connection: C, ended: Promise<Error | undefined>): Promise<void> {
    const cutShort = ended.then((error) => {
      throw error ?? new Error("Cannot prepare the connection: it ended");
    });
    await Promise.race([this.#options.prepare?.(connection), cutShort]);
  }

  async #stayConnected(
    connection: C,
    closed: Promise<Error | undefined>,
    stopped: Promise<undefined>,
  ): Promise<Ending> {
    const sinceMs = this.#clock.nowMs();
    this.#connection = { value: connection };
    this.#enter({ state: "connected" });
    for (const waiter of this.#waiters) waiter.resolve(connection);
    this.#waiters.clear();
    const error = await Promise.race([closed, stopped]);
    this.#connection = undefined;
    if (this.#attempt.signal.aborted) await this.#close(connection, closed);
    const upMs = this.#clock.nowMs() - sinceMs;
    return { error, wasStable: upMs >= (this.#options.stableMs ?? 10_000) };
  }

  async #close(connection: C, closed: Promise<unknown>): Promise<void> {
    try {
      await this.#options.close(connection);
    } catch {
      return; // What cannot be closed is not waited for.
    }
    await closed;
  }

  async #wait(failures: number, lastError: Error | undefined): Promise<void> {
    const retryInMs = this.#retryInMs(failures);
    const over = Promise.withResolvers<void>();
    const call = this.#clock.callLater(retryInMs, over.resolve);
    this.#endWait = over.resolve;
    this.#enter({ state: "waiting", retryInMs, lastError });
    await over.promise;
    call.cancel();
  }

  #waitForConnection(signal: AbortSignal | undefined, failuresLeft: number): Promise<C> {
    const waiter: Waiter<C> = { ...Promise.withResolvers<C>(), failuresLeft };
    this.#waiters.add(waiter);
    const giveUp = () => {
      this.#waiters.delete(waiter);
      waiter.reject(signal?.reason);
    };
    signal?.addEventListener("abort", giveUp);
    return waiter.promise.finally(() => signal?.removeEventListener("abort", giveUp));
  }

  /** An attempt has failed: who wanted to wait for so many and no more is told. */
  #failed(error: Error): Ending {
    for (const waiter of this.#waiters) {
      waiter.failuresLeft -= 1;
      if (waiter.failuresLeft > 0) continue;
      this.#waiters.delete(waiter);
      waiter.reject(error);
    }
    return { error, wasStable: false };
  }

  #rejectWaiters(reason: Error): void {
    for (const waiter of this.#waiters) waiter.reject(reason);
    this.#waiters.clear();
  }

  #enter(state: ClientState): void {
    this.#state = state;
    try {
      this.#options.onState?.(state);
    } catch (error) {
      throwAlone(error);
    }
  }

  #retryInMs(failures: number): number {
    try {
      return (this.#options.policy ?? fullJitter())(failures, this.#random);
    } catch (error) {
      throwAlone(error);
      return fullJitter()(failures, this.#random);
    }
  }
}

/** A bug in what the service was given is heard, as any that nobody catches; the service goes on. */
function throwAlone(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Resolves when the signal is aborted; lives no longer than the signal. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));
}

/** What `ending` rejects with, once it has settled. */
async function errorOf(ending: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await ending();
    return undefined;
  } catch (error) {
    return asError(error);
  }
}
