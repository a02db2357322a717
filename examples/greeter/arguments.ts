import { asError } from "@trofie/reactor";

/** The port as a number; 1234 when none was given. */
export function portNumber(text = "1234"): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Error(`Cannot use ${JSON.stringify(text)} as a port: it is not a number from 0 to 65535`);
}

export function exitWithUsage(error: unknown, usage: string): never {
  console.error(`${asError(error).message}\n${usage}`);
  process.exit(2);
}
