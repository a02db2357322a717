/** What every program of these examples does the same way with its arguments. */
import { parseArgs } from "node:util";
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
