/**
 * The chat, and a page that shows who is in it, in one reactor: `npm run web:server -- [port] [chat port]`, then
 * open http://127.0.0.1:1234/ and join with `npm run chat:client -- 127.0.0.1 1235 --name anna --room kitchen`.
 */
import { parseArgs } from "node:util";
import { addressText, runMain, untilAborted } from "@trofie/reactor";
import { ChatFactory } from "../chat/chat.ts";
import { portNumber } from "../greeter/arguments.ts";
import { atMost, readArguments } from "../program.ts";
import { Site } from "./site.ts";
import { WebFactory } from "./web.ts";

const { webPort, chatPort } = readArguments("npm run web:server -- [port] [chat port]", () => {
  const { positionals } = parseArgs({ allowPositionals: true, options: {} });
  const [web, chat = "1235"] = atMost(2, positionals);
  return { webPort: portNumber(web), chatPort: portNumber(chat) };
});

await runMain(async (reactor, signal) => {
  const chat = new ChatFactory();
  const web = new WebFactory(new Site(chat.rooms));
  const chatAt = await reactor.listenTCP(chatPort, chat);
  const webAt = await reactor.listenTCP(webPort, web);
  console.log(`Listening on ${addressText(webAt.address)} for browsers`);
  console.log(`Listening on ${addressText(chatAt.address)} for the chat`);
  await untilAborted(signal);
});
