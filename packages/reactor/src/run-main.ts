import { asError } from "./as-error.ts";
import { Reactor, type ReactorOptions } from "./reactor.ts";

/** What a main program is given: a reactor, and a signal that is aborted when the program shall end. */
export type Main = (reactor: Reactor, signal: AbortSignal) => unknown;

export interface RunMainOptions extends ReactorOptions {
  /** How long protocols may take to finish; 5 s by default. */
  readonly deadlineMs?: number;
}

/** By convention a program that a signal ended says so with this and the signal's number. */
const ENDED_BY_SIGNAL = 128;
const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Runs a program on a reactor of its own. When `main` is done, the reactor is stopped: protocols finish, and what
 * was written leaves. Ctrl-C (SIGINT) and SIGTERM stop the reactor, too, and abort the signal, for which a server waits:
 *
 * ```ts
 * await runMain(async (reactor, signal) => {
 *   await reactor.listen("tcp:1234", Factory.forProtocol(Echo));
 *   await untilAborted(signal);
 * });
 * ```
 *
 * An error is one sentence on standard error, and exit code 1; one that only says that the program was told to end is
 * not told again, and the exit code is that of the signal (130 for Ctrl-C). A second signal does not wait.
 */
export async function runMain(main: Main, { deadlineMs, ...options }: RunMainOptions = {}): Promise<void> {
  const reactor = new Reactor(options);
  const stop = () => reactor.stop(deadlineMs === undefined ? {} : { deadlineMs });
  const ending = new AbortController();
  let exitCode = 1;
  const end = (name: keyof typeof SIGNALS) => {
    exitCode = ENDED_BY_SIGNAL + SIGNALS[name];
    if (ending.signal.aborted) process.exit(exitCode);
    ending.abort(new Error(`the program was told to end (${name})`));
    void stop();
  };
  for (const name of Object.keys(SIGNALS)) process.on(name, end);
  try {
    await main(reactor, ending.signal);
  } catch (error) {
    if (!ending.signal.aborted) process.stderr.write(`${asError(error).message}\n`);
    process.exitCode = exitCode;
  }
  await stop();
  for (const name of Object.keys(SIGNALS)) process.off(name, end);
}

/** Resolves when the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
