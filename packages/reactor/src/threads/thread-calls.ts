import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import type { BlockedCaller, CallEnd } from "./thread-messages.ts";
import { fromThreadError } from "./thread-error.ts";

/** The methods of an object in another thread: the same, and each returns a promise. */
export type ThreadCalls<P> = {
  readonly [K in keyof P as P[K] extends (...args: never[]) => unknown ? K : never]: P[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** The names of the methods of an object. */
export type MethodName<P> = keyof ThreadCalls<P> & string;

/** What a method takes. */
export type ArgumentsOf<P, K extends keyof P> = P[K] extends (...args: infer A) => unknown ? A : never;

/** What a method gives in the end. */
export type ResultOf<P, K extends keyof P> = P[K] extends (...args: never[]) => infer R ? Awaited<R> : never;

/** A call that blocks its thread was not answered in time. It may still be carried out. */
export class BlockingCallTimeoutError extends Error {
  override readonly name = "BlockingCallTimeoutError";
  readonly code = "BLOCKING_CALL_TIMEOUT";

  constructor(method: string, timeoutMs: number) {
    super(`Cannot call ${method}: no answer within ${timeoutMs} ms`);
  }
}

/** An object whose every method is a call to `call`. */
export function callsOf<P>(
  call: (method: string, args: readonly unknown[]) => Promise<unknown>,
): ThreadCalls<P> {
  return new Proxy({} as ThreadCalls<P>, {
    get: (_, name) =>
      // A proxy with a `then` would be taken for a promise.
      typeof name === "string" && name !== "then" ? (...args: unknown[]) => call(name, args) : undefined,
  });
}

/** What a call gave, or its error, thrown. */
function outcomeOf(end: CallEnd): unknown {
  if (end.kind === "returned") return end.value;
  throw fromThreadError(end.error);
}

/** Blocks this thread until the call, made by `order`, has ended; for no longer than `timeoutMs`. */
export function waitBlocked(
  method: string,
  timeoutMs: number,
  order: (caller: BlockedCaller) => void,
): unknown {
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const { port1: port, port2 } = new MessageChannel();
  try {
    order({ bell, port: port2 });
    if (Atomics.wait(bell, 0, 0, timeoutMs) === "timed-out") {
      throw new BlockingCallTimeoutError(method, timeoutMs);
    }
    const received = receiveMessageOnPort(port) as { readonly message: CallEnd };
    return outcomeOf(received.message);
  } finally {
    port.close();
  }
}
