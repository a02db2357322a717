/** The network of a simulated world: bytes arrive in order, cut and delayed, and connections break in every way they can. */
import {
  ConnectError,
  type Address,
  type Listener,
  type ListenPlace,
  type Net,
  type Wire,
  type WireEvents,
} from "@trofie/reactor";
import type { Chance } from "./chance.ts";
import type { Life } from "./life.ts";
import type { SimClock } from "./sim-clock.ts";

export interface Weather {
  delayMs: readonly [least: number, most: number];
  /** One write in so many arrives in several pieces; 0: none. */
  cutOneIn: number;
  /** How many bytes may be under way or unread before the sender is held back. */
  windowBytes: number;
  /** What becomes of attempts to connect. */
  mood: "normal" | "refusing" | "silent";
}

export class SimNet {
  readonly weather: Weather = { delayMs: [0, 5], cutOneIn: 0, windowBytes: 65_536, mood: "normal" };
  readonly links = new Set<SimLink>();
  /** Told what arrives; for the trace. */
  readonly onArrival: (from: Life, to: Life, bytes: number) => void;
  readonly clock: SimClock;
  readonly chance: Chance;
  #listener: { readonly life: Life; readonly accept: (wire: Wire) => void } | null = null;

  constructor(clock: SimClock, chance: Chance, onArrival: SimNet["onArrival"]) {
    this.clock = clock;
    this.chance = chance;
    this.onArrival = onArrival;
  }

  /** The network as one process sees it. */
  of(life: Life): Net {
    return {
      listen: (place, accept) => this.#listen(life, place, accept),
      connect: (address, signal) => this.#connect(life, address, signal),
      bindUDP: () => Promise.reject(new Error("Cannot bind UDP: there is none here")),
    };
  }

  delayMs(): number {
    const [least, most] = this.weather.delayMs;
    return this.chance.between(least, most);
  }

  async #listen(life: Life, place: ListenPlace, accept: (wire: Wire) => void): Promise<Listener> {
    if (place.kind !== "tcp") throw new Error(`Cannot listen on ${place.kind}: there is none here`);
    const listener = { life, accept };
    if (life.edge("listen")) this.#listener = listener;
    const close = async (): Promise<void> => {
      if (this.#listener === listener) this.#listener = null;
    };
    return { address: { kind: "tcp", host: place.host, port: place.port }, close };
  }

  #connect(life: Life, address: Address, signal: AbortSignal): Promise<Wire> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (!life.edge("connect")) return;
      const { mood } = this.weather;
      const answer = this.clock.callLater(this.delayMs(), () => {
        if (!life.isAlive || mood === "silent") return;
        signal.removeEventListener("abort", giveUp);
        const listener = this.#listener;
        if (mood === "refusing" || !listener?.life.isAlive)
          return reject(
            new ConnectError(address, "nobody is listening there", { kind: "refused", by: "peer" }),
          );
        const link = new SimLink(this, life, listener.life);
        listener.accept(link.server);
        resolve(link.client);
      });
      const giveUp = (): void => {
        answer.cancel();
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}

/** One connection, seen from above. */
export class SimLink {
  readonly net: SimNet;
  readonly client: SimWire;
  readonly server: SimWire;
  /** Nothing arrives any more, and nobody is told. */
  isSilent = false;
  /** What is under way waits, until `release`. */
  #held: (() => void)[] | null = null;

  constructor(net: SimNet, client: Life, server: Life) {
    this.net = net;
    this.client = new SimWire(this, client);
    this.server = new SimWire(this, server);
    this.client.other = this.server;
    this.server.other = this.client;
    net.links.add(this);
  }

  get isOver(): boolean {
    return this.client.isBroken && this.server.isBroken;
  }

  /** Both ends learn that it broke; what is under way is lost. */
  cut(): void {
    this.client.resetArrived();
    this.server.resetArrived();
  }

  hold(): void {
    this.#held ??= [];
  }

  /** What was held up arrives at once, before whatever comes behind it. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const arrives of held) this.arriving(arrives);
  }

  arriving(arrives: () => void): void {
    if (this.isSilent) return;
    if (this.#held) this.#held.push(arrives);
    else arrives();
  }
}

const place: Address = { kind: "tcp", host: "10.0.0.1", port: 4711 };

/** One end of a connection: behaves as a TCP socket does, its rudeness included. */
export class SimWire implements Wire {
  readonly host = place;
  readonly peer = place;
  other!: SimWire;
  unsentBytes = 0;
  readonly #link: SimLink;
  readonly #life: Life;
  #events: WireEvents | undefined;
  #isReading = false;
  #isReadAsked = false;
  readonly #unsent: Buffer[] = [];
  readonly #unread: Buffer[] = [];
  #unreadBytes = 0;
  #underWayBytes = 0;
  #nothingArrivesBeforeMs = 0;
  /** Not all that was written could leave at once. */
  #isHeldBack = false;
  #fin: "none" | "asked" | "sent" = "none";
  #finTaken = false;
  #finArrived = false;
  #finTold = false;
  #state: "open" | "ending" | "gone" = "open";
  #error: Error | undefined;

  constructor(link: SimLink, life: Life) {
    this.#link = link;
    this.#life = life;
    life.onDeath(() => this.#died());
  }

  get isBroken(): boolean {
    return this.#state !== "open";
  }

  get life(): Life {
    return this.#life;
  }

  start(events: WireEvents): void {
    this.#events = events;
  }

  pause(): void {
    this.#isReading = false;
  }

  resume(): void {
    this.#isReading = true;
    if (this.#unread.length > 0 || this.#finArrived) this.#askRead();
  }

  write(parts: readonly (string | Uint8Array)[]): void {
    if (this.#state !== "open" || !this.#life.edge("write")) return;
    for (const part of parts) {
      const bytes = typeof part === "string" ? Buffer.from(part, "utf8") : Buffer.from(part);
      this.#unsent.push(bytes);
      this.unsentBytes += bytes.length;
    }
    this.#pump();
  }

  end(): void {
    if (this.#state !== "open" || this.#fin !== "none" || !this.#life.edge("end")) return;
    this.#fin = "asked";
    this.#pump();
  }

  reset(): void {
    if (this.#state !== "open") return;
    if (this.#life.edge("reset")) this.#sendReset();
    this.#end();
  }

  destroy(): void {
    if (this.#unreadBytes > 0) return this.reset();
    if (this.#state !== "open") return;
    if (this.#life.edge("destroy")) this.#sendFin();
    this.#end();
  }

  resetArrived(): void {
    if (this.#state !== "open") return;
    this.#error = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    this.#unread.length = 0;
    this.#unreadBytes = 0;
    this.#end();
  }

  /** The process is gone; the kernel says so to the peer, if the machine is still there to do it. */
  #died(): void {
    if (this.#state !== "open") return void (this.#state = "gone");
    this.#state = "gone";
    if (this.#link.isSilent) return;
    if (this.#unreadBytes > 0 || this.#unsent.length > 0 || this.#link.net.chance.oneIn(2)) this.#sendReset();
    else this.#sendFin();
  }

  #pump(): void {
    const { weather, chance } = this.#link.net;
    let room = weather.windowBytes - this.#underWayBytes - this.other.#unreadBytes;
    while (room > 0 && this.#unsent.length > 0) {
      const piece = this.#takeUnsent(Math.min(room, this.#pieceBytes(chance, weather)));
      room -= piece.length;
      this.#underWayBytes += piece.length;
      this.#later(() => this.other.#arrive(piece));
    }
    if (this.#unsent.length > 0) return void (this.#isHeldBack = true);
    if (this.#isHeldBack) this.#toldDrained();
    if (this.#fin === "asked") this.#sendFin();
  }

  #toldDrained(): void {
    this.#isHeldBack = false;
    this.#link.net.clock.callLater(0, () => {
      if (this.#unsent.length > 0) return; // What was written meanwhile is held back too, and will be told.
      this.#tell("drained", () => this.#events?.drained());
    });
  }

  #pieceBytes(chance: Chance, { cutOneIn }: Weather): number {
    if (cutOneIn === 0 || !chance.oneIn(cutOneIn)) return Infinity;
    return chance.between(1, 40);
  }

  #takeUnsent(most: number): Buffer {
    const first = this.#unsent[0]!;
    const piece = most >= first.length ? first : first.subarray(0, most);
    if (piece === first) this.#unsent.shift();
    else this.#unsent[0] = first.subarray(most);
    this.unsentBytes -= piece.length;
    return piece;
  }

  #sendFin(): void {
    this.#fin = "sent";
    this.#later(() => this.other.#finComes());
    this.#link.net.clock.callLater(0, () => {
      if (this.#state !== "open") return;
      this.#finTaken = true;
      this.#tell("finished", () => this.#events?.finished());
      this.#endIfBothEnded();
    });
  }

  #sendReset(): void {
    this.#later(() => this.other.resetArrived());
  }

  /** In order: nothing overtakes what was sent before it. */
  #later(arrives: () => void): void {
    const { net } = this.#link;
    const atMs = Math.max(this.#nothingArrivesBeforeMs, net.clock.nowMs() + net.delayMs());
    this.#nothingArrivesBeforeMs = atMs;
    net.clock.callLater(atMs - net.clock.nowMs(), () => this.#link.arriving(arrives));
  }

  #arrive(piece: Buffer): void {
    this.other.#underWayBytes -= piece.length;
    if (this.#state !== "open") return this.#sendReset();
    this.#unread.push(piece);
    this.#unreadBytes += piece.length;
    this.#link.net.onArrival(this.other.#life, this.#life, piece.length);
    this.#read();
  }

  #finComes(): void {
    if (this.#state !== "open") return;
    this.#finArrived = true;
    this.#read();
  }

  #askRead(): void {
    if (this.#isReadAsked) return;
    this.#isReadAsked = true;
    this.#link.net.clock.callLater(0, () => {
      this.#isReadAsked = false;
      this.#read();
    });
  }

  #read(): void {
    while (this.#isReading && this.#state === "open") {
      const bytes = this.#unread.shift();
      if (!bytes) return this.#tellFin();
      this.#unreadBytes -= bytes.length;
      this.other.#pump();
      this.#tell("read", () => this.#events?.received(bytes));
    }
  }

  #tellFin(): void {
    if (!this.#finArrived || this.#finTold) return;
    this.#finTold = true;
    this.#tell("ended", () => this.#events?.ended());
    this.#endIfBothEnded();
  }

  #endIfBothEnded(): void {
    if (this.#finTaken && this.#finTold && this.#state === "open") this.#end();
  }

  #end(): void {
    this.#state = "ending";
    this.#link.net.clock.callLater(0, () => {
      if (this.#state === "gone") return;
      this.#state = "gone";
      this.#tell("gone", () => this.#events?.gone(this.#error));
    });
  }

  #tell(what: string, tell: () => void): void {
    if (this.#life.edge(what)) tell();
  }
}
