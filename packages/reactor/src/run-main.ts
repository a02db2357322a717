import { asError } from "./as-error.ts";
import { Reactor } from "./reactor.ts";

/** What a main program is given: a reactor, and a signal that is aborted when the program shall end. */
export type Main = (reactor: Reactor, signal: AbortSignal) => unknown;

/** By convention a program that a signal ended says so with this and the signal's number. */
const ENDED_BY_SIGNAL = 128;
const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Runs a program on a reactor of its own. When `main` is done, the reactor is stopped: protocols finish, and what
 * was written leaves. Ctrl-C (SIGINT) and SIGTERM abort the signal; a server waits for it:
 *
 * ```ts
 * await runMain(async (reactor, signal) => {
 *   await reactor.listen("tcp:1234", Factory.forProtocol(Echo));
 *   await untilAborted(signal);
 * });
 * ```
 *
 * An error is one sentence on standard error, and exit code 1. A second signal does not wait.
 */
export async function runMain(main: Main): Promise<void> {
  const reactor = new Reactor();
  const ending = new AbortController();
  const end = (name: keyof typeof SIGNALS) => {
    if (ending.signal.aborted) process.exit(ENDED_BY_SIGNAL + SIGNALS[name]);
    ending.abort(new Error(`the program was told to end (${name})`));
  };
  for (const name of Object.keys(SIGNALS)) process.on(name, end);
  try {
    await main(reactor, ending.signal);
  } catch (error) {
    if (!ending.signal.aborted || asError(error) !== ending.signal.reason) fail(asError(error));
  }
  await reactor.stop();
  for (const name of Object.keys(SIGNALS)) process.off(name, end);
}

/** Resolves when the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function fail(error: Error): void {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
