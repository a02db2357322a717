/**
 * Calls the calculator: `npm run calculator:client -- [host] [port]`, then type `7 / 2`, `2 ^ 10` or `1 + 2 + 3`.
 * Each line is a call; none waits for the answer of another.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { asError, Factory, runMain } from "@trofie/reactor";
import { AMP } from "@trofie/reactor/amp";
import { placeOf, readArguments } from "../program.ts";
import { ask } from "./ask.ts";

const { host, port } = readArguments("npm run calculator:client -- [host] [port]", () =>
  placeOf(parseArgs({ allowPositionals: true, options: {} }).positionals),
);

async function tellResult(calculator: AMP, formula: string) {
  try {
    console.log(`${formula} = ${await ask(calculator, formula)}`);
  } catch (error) {
    console.log(`${formula}: ${asError(error).message}`);
  }
}

await runMain(async (reactor, interrupted) => {
  const calculator = await reactor.connectTCP(host, port, Factory.forProtocol(AMP));
  const told: Promise<void>[] = [];
  for await (const line of createInterface({ input: process.stdin, signal: interrupted })) {
    told.push(tellResult(calculator, line));
  }
  await Promise.all(told);
  await calculator.transport.loseConnection();
});
