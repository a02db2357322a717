/**
 * The program of a customer who may be killed. What is seen of its client it writes into a file of facts; its parent
 * tells it when to rest, and is told when it does.
 */
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { connectLines } from "@trofie/commands/lines";
import { proveToken } from "@trofie/commands/token-proof";
import { Reactor, systemClock, systemRandom } from "@trofie/reactor";
import { Chance } from "../simulation/chance.ts";
import { Customer } from "./customer.ts";
import { atRest, rest, type CustomerOrder } from "./customer-order.ts";
import { factWriter } from "./fact-file.ts";
import { WitnessedOutbox } from "./witnessed-outbox.ts";

serve(JSON.parse(process.argv[2]!) as CustomerOrder);

function serve(order: CustomerOrder): void {
  const witness = factWriter(order.factsPath);
  const customer = new Customer({
    ...order,
    connect: connectLines(new Reactor(), order.endpoint),
    auth: (nonce) => proveToken(readFileSync(order.tokenPath, "utf8").trim(), systemRandom)(nonce),
    outbox: new WitnessedOutbox(order.outboxPath, witness),
    clock: systemClock,
    chance: new Chance(order.seed),
    witness,
  });
  process.on("message", (said) => {
    if (said === rest) void restAndTell(customer);
  });
  process.once("disconnect", () => process.exit(0));
  customer.start();
}

async function restAndTell(customer: Customer): Promise<void> {
  customer.rest();
  while (!customer.isAtRest) await delay(20);
  process.send!(atRest);
}
