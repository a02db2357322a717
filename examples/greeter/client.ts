/**
 * The article's client, `npm run greeter:client -- [host] [port]`, in two threads: this one reads what people
 * type, the other one runs the reactor. `reconnect` and `exit` are its own words; all else goes to the server.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { asError, ReactorThread } from "@trofie/reactor";
import { Answers } from "./answers.ts";
import { exitWithUsage, portNumber } from "./arguments.ts";

const USAGE = "Usage: npm run greeter:client -- [host] [port]";

function readArguments() {
  try {
    const { positionals } = parseArgs({ allowPositionals: true, options: {} });
    if (positionals.length > 2) throw new Error("Too many arguments");
    return { host: positionals[0] ?? "127.0.0.1", port: portNumber(positionals[1]) };
  } catch (error) {
    return exitWithUsage(error, USAGE);
  }
}

const protocol = new URL(import.meta.resolve("./client-protocol.ts"));
const thread = new ReactorThread({ protocol, ...readArguments() });
const answers = new Answers();
let attempt = Promise.withResolvers<void>();

thread.on("connected", () => {
  answers.expect(); // The greeting.
  attempt.resolve();
});
thread.on("failed", () => {
  console.log("Connection failed.");
  attempt.resolve();
});
thread.on("lost", ({ kind }) => {
  if (kind !== "shutdown") console.log("Connection lost.");
  answers.expectNone();
});
thread.on("line", (line) => {
  console.log(line);
  answers.came();
});

async function send(line: string) {
  try {
    answers.expect();
    await thread.send(line);
  } catch (error) {
    console.log(asError(error).message);
    answers.came();
  }
}

async function reconnect() {
  await answers.all();
  attempt = Promise.withResolvers();
  thread.reconnect();
  await attempt.promise;
}

await thread.start();
await attempt.promise;
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "exit") break;
  if (line === "reconnect") await reconnect();
  else await send(line);
}
await answers.all();
await thread.stop({ deadlineMs: 1_000 });
process.stdin.destroy();
