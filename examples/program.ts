/** What every program of these examples does the same way: arguments, errors, and Ctrl-C. */
import { parseArgs } from "node:util";
import { asError, Reactor, type ReactorOptions } from "@trofie/reactor";
import { exitWithUsage, portNumber } from "./greeter/arguments.ts";

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** What `read` makes of the command line. What it throws is told together with the usage, and the exit code is 2. */
export function readArguments<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return exitWithUsage(error, `Usage: ${usage}`);
  }
}

/** The arguments `[port]` of a server. */
export function readPort(usage: string): number {
  return readArguments(usage, () => {
    const { positionals } = parseArgs({ allowPositionals: true, options: {} });
    return portNumber(atMost(1, positionals)[0]);
  });
}

/** `[host] [port]`, as every client takes them. */
export function placeOf(positionals: readonly string[]): Place {
  const [host = "127.0.0.1", port] = atMost(2, positionals);
  return { host, port: portNumber(port) };
}

export function atMost(most: number, positionals: readonly string[]): readonly string[] {
  if (positionals.length > most) throw new Error("Too many arguments");
  return positionals;
}

/**
 * Runs a program until it is done. What it throws is one sentence, and the exit code is 1. Ctrl-C stops the reactor:
 * what has begun is finished, connections are closed, and with nothing left to do the program ends.
 */
export async function runProgram(
  main: (reactor: Reactor, interrupted: AbortSignal) => Promise<void>,
  options?: ReactorOptions,
): Promise<void> {
  const reactor = new Reactor(options);
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      interrupt.abort();
      void reactor.stop().then(() => process.stdin.destroy()); // Nobody reads what is typed any more.
    });
  }
  try {
    await main(reactor, interrupt.signal);
  } catch (error) {
    if (!interrupt.signal.aborted) console.error(asError(error).message);
    process.exitCode = 1;
    await reactor.stop();
  }
}
