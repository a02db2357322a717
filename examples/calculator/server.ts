/** A calculator, `npm run calculator:server -- [port]`, for `npm run calculator:client` or anything that speaks AMP. */
import { subscribe } from "node:diagnostics_channel";
import { addressText, Factory, type Fault, runMain, untilAborted } from "@trofie/reactor";
import { readPort } from "../program.ts";
import { Calculator } from "./calculator.ts";

const port = readPort("npm run calculator:server -- [port]");

subscribe("trofie.reactor.fault", (fault) => {
  const { error } = fault as Fault;
  console.error(`A bug in the calculator: ${error.message}`);
});

await runMain(async (reactor, signal) => {
  const { address } = await reactor.listenTCP(port, Factory.forProtocol(Calculator));
  console.log(`Listening on ${addressText(address)}`);
  await untilAborted(signal);
});
