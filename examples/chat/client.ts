/**
 * A guest who comes back when the connection is lost: `npm run chat:client -- [host] [port] --name NAME --room ROOM`.
 * Each line that is typed is a command.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { type ClientState, Factory, keepConnected, runMain } from "@trofie/reactor";
import { placeOf, readArguments } from "../program.ts";
import { ChatClient } from "./chat-client.ts";

const { host, port, name, room } = readArguments(
  "npm run chat:client -- [host] [port] --name NAME --room ROOM",
  () => {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { name: { type: "string" }, room: { type: "string" } },
    });
    if (!values.name || !values.room) throw new Error("--name and --room are needed");
    return { ...placeOf(positionals), name: values.name, room: values.room };
  },
);

/** Until it has the name and is in the room, a connection is none. */
async function enter(client: ChatClient) {
  const answer = await client.ask(`nick ${name}`);
  if (answer !== `You are ${name}`) throw new Error(answer);
  client.sendLine(`join ${room}`);
}

function tellState({ state, retryInMs = 0, lastError }: ClientState) {
  if (state !== "waiting") return;
  const why = lastError?.message ?? "The connection was lost";
  console.log(`${why}; trying again in ${(retryInMs / 1_000).toFixed(1)} s`);
}

await runMain(async (reactor, interrupted) => {
  const place = { address: { kind: "tcp", host, port } } as const;
  await using service = keepConnected(reactor, place, Factory.forProtocol(ChatClient), {
    prepare: enter,
    onState: tellState,
  });
  for await (const line of createInterface({ input: process.stdin, signal: interrupted })) {
    if (line === "quit") break;
    const client = await service.whenConnected();
    client.sendLine(line);
  }
  process.stdin.destroy();
  if (interrupted.aborted) return;
  const client = await service.whenConnected();
  await client.ask("quit");
});
