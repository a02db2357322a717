/**
 * Many who watch a station: `watchers.ts SOCKET COUNT`. Says `open` when all are let in, and in the end, when it is told
 * `stop`, how many events each has had: the least and the most. Ends with code 1 when one has missed an event.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { Factory, LineOnlyReceiver, Reactor } from "@trofie/reactor";

const [socket = "", count = "0"] = process.argv.slice(2);

class Watcher extends LineOnlyReceiver<Watchers> {
  override readonly delimiter = "\n";
  override readonly maxLengthBytes = 1024 * 1024;
  events = 0;
  #seq = 0;

  override connectionMade() {
    const params = {
      proto: [1],
      client: randomUUID(),
      agent: "bench",
      auth: {},
      want: { events: true, progress: true },
    };
    this.sendLine(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "session.open", params }));
  }

  override lineReceived(line: string) {
    if (line.includes('"method":"ping"'))
      return this.sendLine('{"jsonrpc":"2.0","method":"pong","params":{}}');
    const { method, params } = JSON.parse(line) as { method?: string; params?: { seq: number } };
    if (method === "snapshot.end") this.#begins(params!.seq);
    if (method === "event") this.#next(params!.seq);
  }

  override connectionLost() {
    if (!this.factory.isOver) throw new Error("A watcher was sent away");
  }

  #begins(seq: number) {
    this.#seq = seq;
    this.factory.oneMore();
  }

  #next(seq: number) {
    if (seq !== this.#seq + 1) throw new Error(`Event ${seq} came after ${this.#seq}`);
    this.#seq = seq;
    this.events += 1;
  }
}

class Watchers extends Factory<Watcher> {
  override readonly protocol = Watcher;
  readonly #all: number;
  readonly #areOpen = Promise.withResolvers<void>();
  #open = 0;
  isOver = false;

  constructor(all: number) {
    super();
    this.#all = all;
    if (all === 0) this.#areOpen.resolve();
  }

  get areOpen(): Promise<void> {
    return this.#areOpen.promise;
  }

  oneMore() {
    this.#open += 1;
    if (this.#open === this.#all) this.#areOpen.resolve();
  }
}

const reactor = new Reactor();
const factory = new Watchers(Number(count));
const watchers: Watcher[] = [];
while (watchers.length < Number(count)) {
  try {
    watchers.push(await reactor.connect(`unix:${socket}`, factory));
  } catch {
    await delay(10); // The station has not come to accept those before.
  }
}
await factory.areOpen;
console.log("open");
await once(createInterface(process.stdin), "line");
factory.isOver = true;
const events = watchers.map((watcher) => watcher.events);
console.log(JSON.stringify({ least: Math.min(...events), most: Math.max(...events) }));
process.exit();
