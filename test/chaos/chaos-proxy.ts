/**
 * A proxy between a client and a server that makes a bad network of loopback: on TCP and UNIX sockets, and otherwise
 * just at any moment.
 *
 * ```ts
 * await using proxy = await ChaosProxy.start({ to: { port: station.port } });
 * proxy.set("to-client", { latency: { delayMs: 50, jitterMs: 20 }, slicer: { pieceBytes: 7 } });
 * proxy.heal();
 * ```
 */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { systemClock, type Clock } from "@trofie/reactor";
import { seededRandom } from "@trofie/reactor/testing";
import { ChaosLink, reset } from "./chaos-link.ts";
import type { Toxics, Way } from "./toxics.ts";

/** Where to listen or to connect: a port of 127.0.0.1, or a path in the file system. */
export type Place = { readonly port: number } | { readonly path: string };

export interface ChaosProxyOptions {
  /** The server. */
  readonly to: Place;
  /** Any free port by default. */
  readonly at?: Place;
  /** The same seed makes the same jitter. */
  readonly seed?: number;
  /** What delays are counted by. */
  readonly clock?: Clock;
}

/** What becomes of a client that connects. `refuses`: nobody listens. `resets`: it is let in and reset at once. */
export type Door = "open" | "refuses" | "resets";

export class ChaosProxy implements AsyncDisposable {
  /** Connections that are there, the oldest first. */
  readonly links = new Set<ChaosLink>();
  /** How many clients were let in so far. */
  accepted = 0;
  readonly #options: Required<ChaosProxyOptions>;
  readonly #random;
  readonly #sockets = new Set<Socket>();
  readonly #toxics: Record<Way, Toxics> = { "to-server": {}, "to-client": {} };
  #at: Place;
  #door: Door = "open";
  #server: Server | null = null;

  private constructor({ to, at = { port: 0 }, seed = 1, clock = systemClock }: ChaosProxyOptions) {
    this.#options = { to, at, seed, clock };
    this.#at = at;
    this.#random = seededRandom(seed);
  }

  static async start(options: ChaosProxyOptions): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(options);
    await proxy.#listen();
    return proxy;
  }

  /** Where clients connect; the same for as long as the proxy lives. */
  get at(): Place {
    return this.#at;
  }

  /** From now on exactly these hold, one way, for connections that are there and those that come. */
  set(way: Way, toxics: Toxics): void {
    this.#toxics[way] = toxics;
    for (const link of this.links) link.changed();
  }

  /** No toxic holds any more, and the door is open. What was lost stays lost. */
  async heal(): Promise<void> {
    this.set("to-server", {});
    this.set("to-client", {});
    await this.setDoor("open");
  }

  /** For clients that connect from now on. */
  async setDoor(door: Door): Promise<void> {
    this.#door = door;
    if (door === "refuses") this.#closeDoor();
    else if (!this.#server) await this.#listen();
  }

  /** Resets every connection that is there. */
  reset(): void {
    for (const link of this.links) link.reset();
  }

  /** Leaves every connection that is there half-open: `gone` sees a reset, the other end learns nothing. */
  halfOpen(gone: "client" | "server"): void {
    for (const link of this.links) link.halfOpen(gone);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closeDoor();
    const closed = [...this.#sockets].map((socket) => once(socket, "close"));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async #listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) =>
      this.#accept(client),
    );
    this.#server = server;
    server.listen("port" in this.#at ? { ...this.#at, host: "127.0.0.1" } : this.#at);
    await once(server, "listening");
    const address = server.address();
    if (typeof address === "object") this.#at = { port: (address as AddressInfo).port };
  }

  /** Connections that are there live on: it is only the door. */
  #closeDoor(): void {
    this.#server?.close();
    this.#server = null;
  }

  #accept(client: Socket): void {
    this.#keep(client);
    if (this.#door === "resets") return reset(client);
    this.accepted += 1;
    const server = connect({ ...this.#target(), allowHalfOpen: true });
    this.#keep(server);
    server.once("error", () => client.destroy());
    server.once("connect", () => {
      if (client.destroyed) server.destroy();
      else this.#link(client, server.setNoDelay(true));
    });
  }

  #link(client: Socket, server: Socket): void {
    const { clock } = this.#options;
    const link = new ChaosLink({
      client,
      server,
      clock,
      random: this.#random,
      toxics: (way) => this.#toxics[way],
      ended: (ended) => this.links.delete(ended),
    });
    this.links.add(link);
  }

  #target() {
    const { to } = this.#options;
    return "port" in to ? { ...to, host: "127.0.0.1" } : to;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
