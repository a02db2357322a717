import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Event, ReceiverName, Settings } from "./case.ts";
import { EventQueue } from "./event-queue.ts";
import { LEAVES_NOTHING, PYTHON } from "./twisted-process.ts";

interface Message {
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly message?: string;
  readonly event?: readonly [who: number, ...event: string[]];
}

/** A command failed at the peer; `name` is the class of Python's exception. */
export class PeerError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A process with Twisted in it, which listens, connects and talks as it is told (`peer.py`). */
export class TwistedPeer implements AsyncDisposable {
  readonly #child = spawn(PYTHON, [...LEAVES_NOTHING, join(import.meta.dirname, "peer.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #queues = new Map<number, EventQueue>();
  #lastId = 0;

  constructor() {
    createInterface({ input: this.#child.stdout }).on("line", (line) =>
      this.#hear(JSON.parse(line) as Message),
    );
  }

  /** Has a command of `peer.py` carried out. */
  call(command: string, ...args: unknown[]): Promise<unknown> {
    const id = ++this.#lastId;
    const call = Promise.withResolvers<unknown>();
    this.#calls.set(id, call);
    this.#child.stdin.write(`${JSON.stringify({ id, do: command, args })}\n`);
    return call.promise;
  }

  /** Listens at an endpoint in Twisted's words. */
  async listen(kind: PeerKind, endpoint: string, settings: PeerSettings = {}): Promise<PeerListener> {
    const [number, port] = (await this.call("listen", kind, endpoint, settings)) as [number, number];
    return new PeerListener(this, number, port);
  }

  /** Connects to an endpoint in Twisted's words. */
  async connect(kind: PeerKind, endpoint: string, settings: PeerSettings = {}): Promise<PeerConnection> {
    const number = (await this.call("connect", kind, endpoint, settings)) as number;
    return new PeerListener(this, number, 0).connection();
  }

  /** Listens with TLS for clients whose certificate is signed by the authority in this file. */
  async listenToKnown(kind: PeerKind, pem: string, authority: string): Promise<PeerListener> {
    const [number, port] = (await this.call("listen_to_known", kind, pem, authority)) as [number, number];
    return new PeerListener(this, number, port);
  }

  /** Has the article's server listen, which keeps texts in this file. */
  async greet(endpoint: string, path: string): Promise<PeerListener> {
    const [number, port] = (await this.call("greet", endpoint, path)) as [number, number];
    return new PeerListener(this, number, port);
  }

  /** Twisted's `ClientService`, which keeps a connection to this endpoint. */
  async keepConnected(kind: PeerKind, endpoint: string): Promise<PeerListener> {
    return new PeerListener(this, (await this.call("keep_connected", kind, endpoint, {})) as number, 0);
  }

  /** Twisted's `ReconnectingClientFactory`, which keeps a connection to this port. */
  async reconnect(kind: PeerKind, port: number): Promise<PeerListener> {
    return new PeerListener(this, (await this.call("reconnect", kind, port, {})) as number, 0);
  }

  /** What is told of a connection or a listener. */
  eventsOf(who: number): EventQueue {
    const known = this.#queues.get(who) ?? new EventQueue();
    this.#queues.set(who, known);
    return known;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, "exit");
  }

  #hear({ id, value, error, message, event }: Message): void {
    if (event) {
      const [who, ...what] = event;
      return this.eventsOf(who).tell(...what);
    }
    const call = this.#calls.get(id!);
    this.#calls.delete(id!);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new PeerError(error, message ?? ""));
  }
}

export type PeerKind = ReceiverName | "Commands" | "SecuringLines" | "AskingLines";
export type PeerSettings = Partial<Settings> & Readonly<Record<string, unknown>>;

/** Whatever makes connections at the peer: a port, or something that dials. */
export class PeerListener {
  readonly #peer: TwistedPeer;
  readonly number: number;
  readonly port: number;

  constructor(peer: TwistedPeer, number: number, port: number) {
    this.#peer = peer;
    this.number = number;
    this.port = port;
  }

  /** What is told next of it that is no connection: why one failed or was lost. */
  next(): Promise<Event> {
    return this.#peer.eventsOf(this.number).next();
  }

  /** The next connection that it makes. */
  async connection(): Promise<PeerConnection> {
    const [, number] = await this.until("connection");
    return new PeerConnection(this.#peer, Number(number));
  }

  /** The next thing told of it that begins with this word. */
  async until(word: string): Promise<Event> {
    let event = await this.next();
    while (event[0] !== word) event = await this.next();
    return event;
  }

  async close(): Promise<void> {
    await this.#peer.call("unlisten", this.number);
  }

  /** Ends `keepConnected`. */
  async stayAway(): Promise<void> {
    await this.#peer.call("stay_away", this.number);
  }

  /** Ends `reconnect`. */
  async stopTrying(): Promise<void> {
    await this.#peer.call("stop_trying", this.number);
  }
}

/** One of the peer's connections. */
export class PeerConnection {
  readonly #peer: TwistedPeer;
  readonly number: number;
  readonly events: EventQueue;

  constructor(peer: TwistedPeer, number: number) {
    this.#peer = peer;
    this.number = number;
    this.events = peer.eventsOf(number);
  }

  /** Sends a message. */
  async send(text: string): Promise<void> {
    await this.#peer.call("send", this.number, text);
  }

  /** Sends bytes as they are. */
  async write(bytes: string): Promise<void> {
    await this.#peer.call("write", this.number, bytes);
  }

  /** Sends bytes one by one. */
  async trickle(bytes: string): Promise<void> {
    await this.#peer.call("trickle", this.number, bytes);
  }

  async close(): Promise<void> {
    await this.#peer.call("close", this.number);
  }

  async abort(): Promise<void> {
    await this.#peer.call("abort", this.number);
  }

  /** Ends TCP below TLS, without TLS's own end. */
  async cut(): Promise<void> {
    await this.#peer.call("cut", this.number);
  }
}
