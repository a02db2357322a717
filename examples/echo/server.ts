/** The smallest server: `npm run echo:server -- [port]`, then talk to it with `nc 127.0.0.1 1234`. */
import { addressText, Factory, runMain, untilAborted } from "@trofie/reactor";
import { readPort } from "../program.ts";
import { Echo } from "./echo.ts";

const port = readPort("npm run echo:server -- [port]");

await runMain(async (reactor, signal) => {
  const { address } = await reactor.listenTCP(port, Factory.forProtocol(Echo));
  console.log(`Listening on ${addressText(address)}`);
  await untilAborted(signal);
});
