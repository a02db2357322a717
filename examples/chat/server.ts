/** A chat with rooms: `npm run chat:server -- [port]`, then `npm run chat:client`, or `nc 127.0.0.1 1234`. */
import { addressText, runMain, untilAborted } from "@trofie/reactor";
import { readPort } from "../program.ts";
import { ChatFactory } from "./chat.ts";

const port = readPort("npm run chat:server -- [port]");

/** Who does not read what is said is cut when so much waits for them; all others hear it as before. */
const limits = { maxBufferedBytes: 256 * 1024 };

await runMain(
  async (reactor, signal) => {
    const { address } = await reactor.listenTCP(port, new ChatFactory());
    console.log(`Listening on ${addressText(address)}`);
    await untilAborted(signal);
  },
  { limits },
);
