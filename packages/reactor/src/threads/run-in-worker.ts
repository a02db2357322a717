import { Worker } from "node:worker_threads";
import { asError } from "../as-error.ts";
import { fromThreadError } from "./thread-error.ts";
import type { CallEnd } from "./thread-messages.ts";

/** What the worker is started with. */
export interface WorkerCall {
  readonly moduleUrl: string;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** The functions that a module exports, by their names. */
type Functions<M> = { [K in keyof M as M[K] extends (...args: never[]) => unknown ? K : never]: M[K] };
type Args<F> = F extends (...args: infer A) => unknown ? A : never;
type Result<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/**
 * Calls an exported function of a module in a thread of its own, and ends the thread: for work that would hold up
 * the reactor. Twisted's `deferToThread`, with a thread that can be ended: `signal` does so at once, whatever the
 * function is doing. Arguments and result are copied.
 *
 * ```ts
 * import type * as primes from "./primes.ts";
 *
 * const found = await runInWorker<typeof primes, "below">(new URL("./primes.ts", import.meta.url), "below", [1e9]);
 * ```
 *
 * Rejects with what the function throws, or with the signal's reason.
 */
export async function runInWorker<M, K extends keyof Functions<M> & string>(
  module: URL,
  name: K,
  args: Args<M[K]>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Result<M[K]>> {
  signal?.throwIfAborted();
  const workerData: WorkerCall = { moduleUrl: module.href, name, args };
  const worker = new Worker(new URL(import.meta.resolve("@trofie/reactor/function-worker")), { workerData });
  const { promise, resolve, reject } = Promise.withResolvers<Result<M[K]>>();
  const giveUp = () => reject(asError(signal?.reason));
  signal?.addEventListener("abort", giveUp, { once: true });
  worker.once("message", (end: CallEnd) =>
    end.kind === "returned" ? resolve(end.value as Result<M[K]>) : reject(fromThreadError(end.error)),
  );
  worker.once("error", reject);
  worker.once("exit", () =>
    reject(new Error(`Cannot call ${name}: its thread has ended before it answered`)),
  );
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", giveUp);
    await worker.terminate();
  }
}
