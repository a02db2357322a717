/**
 * Runs a command on an SSH server, and ends with its exit code:
 * `npm run ssh:run -- [host] [port] --user NAME --key FILE --host-key SHA256:… --command COMMAND`.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { Factory, runMain, StreamProtocol } from "@trofie/reactor";
import { placeOf, readArguments } from "../program.ts";
import { runCommand } from "./run-command.ts";

const USAGE = "npm run ssh:run -- [host] [port] --user NAME --key FILE --host-key SHA256:… --command COMMAND";

const { host, port, user, keyPath, hostKey, command } = readArguments(USAGE, () => {
  const text = { type: "string" } as const;
  const options = { user: text, key: text, "host-key": text, command: text };
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  const given = (name: keyof typeof options): string => {
    const value = values[name];
    if (value === undefined) throw new Error(`--${name} is missing`);
    return value;
  };
  return {
    ...placeOf(positionals),
    user: given("user"),
    keyPath: given("key"),
    hostKey: given("host-key"),
    command: given("command"),
  };
});

await runMain(async (reactor) => {
  const privateKey = await readFile(keyPath);
  const { stream, transport } = await reactor.connectTCP(host, port, Factory.forProtocol(StreamProtocol));
  const outputs = { out: process.stdout, errors: process.stderr };
  process.exitCode = await runCommand(stream, { user, privateKey, hostKey }, command, outputs);
  await transport.loseConnection();
});
