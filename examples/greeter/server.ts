/**
 * The article's server. `npm run greeter:server -- [port] [--file PATH]`, then talk to it with the client beside
 * it, or with `nc 127.0.0.1 1234`.
 */
import { parseArgs } from "node:util";
import { addressText, asError, Reactor } from "@trofie/reactor";
import { GreeterFactory } from "./greeter.ts";
import { exitWithUsage, portNumber } from "./arguments.ts";

const USAGE = "Usage: npm run greeter:server -- [port] [--file PATH]";

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { file: { type: "string" } },
    });
    if (positionals.length > 1) throw new Error("Too many arguments");
    return { port: portNumber(positionals[0]), path: values.file ?? "file.txt" };
  } catch (error) {
    return exitWithUsage(error, USAGE);
  }
}

const { port: portAsked, path } = readArguments();
const reactor = new Reactor();
try {
  const port = await reactor.listenTCP(portAsked, new GreeterFactory(path));
  console.log(`Listening on ${addressText(port.address)}`);
} catch (error) {
  console.error(asError(error).message);
  process.exit(1);
}
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void reactor.stop());
