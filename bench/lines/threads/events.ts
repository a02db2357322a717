/** Counts the lines that a thread's reactor hands over: `events.js PORT WINDOW`. */
import { ReactorThread } from "@trofie/reactor";
import { countInWindow, type Window } from "../load/count-in-window.ts";

const [port, window = ""] = process.argv.slice(2);
const protocol = new URL(import.meta.resolve("./line-forwarder.js"));
const thread = new ReactorThread({ protocol, host: "127.0.0.1", port: Number(port) });
let received = 0;
thread.on("line", (line) => {
  if (line !== "sixteen letters.") throw new Error(`Wrong line: ${line}`);
  received += 1;
});
await thread.start();
console.log(JSON.stringify(await countInWindow(JSON.parse(window) as Window, () => received)));
process.exit();
