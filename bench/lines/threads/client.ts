/**
 * A client that keeps DEPTH lines in flight: `client.js in-thread|threaded PORT DEPTH WINDOW`. The second
 * kind has its reactor in a thread of its own. Prints lines per second, and the p50 of one line's way and back.
 */
import { Factory, LineOnlyReceiver, Reactor, ReactorThread } from "@trofie/reactor";
import { countInWindow, type Window } from "../load/count-in-window.ts";

const [kind = "", portText, depthText, window = ""] = process.argv.slice(2);
const port = Number(portText);
const depth = Number(depthText);
const sentAtMs: number[] = [];
const latenciesMs: number[] = [];
let sent = 0;
let received = 0;

/** Lines come back in the order in which they went. */
function came(line: string, send: (line: string) => void) {
  if (line !== lineOf(received)) throw new Error(`Wrong line: ${line}`);
  if (depth === 1) latenciesMs.push(performance.now() - sentAtMs.shift()!);
  received += 1;
  sendNext(send);
}

function sendNext(send: (line: string) => void) {
  if (depth === 1) sentAtMs.push(performance.now());
  send(lineOf(sent));
  sent += 1;
}

function lineOf(index: number): string {
  return `line ${index % 1_000_000}`.padEnd(64, ".");
}

class InThread extends LineOnlyReceiver {
  override readonly delimiter = "\n";

  override connectionMade() {
    for (let index = 0; index < depth; index += 1) this.#next();
  }

  override lineReceived(line: string) {
    came(line, (next) => this.sendLine(next));
  }

  #next() {
    sendNext((next) => this.sendLine(next));
  }
}

async function startThreaded() {
  const protocol = new URL(import.meta.resolve("./line-forwarder.js"));
  const thread = new ReactorThread({ protocol, host: "127.0.0.1", port });
  const send = (line: string) => void thread.send(line);
  thread.on("line", (line) => came(line, send));
  thread.on("connected", () => {
    for (let index = 0; index < depth; index += 1) sendNext(send);
  });
  await thread.start();
}

if (kind === "threaded") await startThreaded();
else await new Reactor().connect(`tcp:host=127.0.0.1:port=${port}`, Factory.forProtocol(InThread));
const counted = await countInWindow(JSON.parse(window) as Window, () => received);
latenciesMs.sort((a, b) => a - b);
const p50Micros = (latenciesMs[Math.floor(latenciesMs.length / 2)] ?? 0) * 1_000;
console.log(JSON.stringify({ ...counted, p50Micros }));
process.exit();
