/** One connection through a chaos proxy: two sockets, and a stream each way. */
import type { Socket } from "node:net";
import type { Clock, Random } from "@trofie/reactor";
import { ChaosStream } from "./chaos-stream.ts";
import { ways, type Cut, type Toxics, type Way } from "./toxics.ts";

export interface ChaosLinkOptions {
  readonly client: Socket;
  readonly server: Socket;
  readonly clock: Clock;
  readonly random: Random;
  readonly toxics: (way: Way) => Toxics;
  /** Both sockets are closed. */
  readonly ended: (link: ChaosLink) => void;
}

export class ChaosLink {
  readonly streams: Readonly<Record<Way, ChaosStream>>;
  readonly #client: Socket;
  readonly #server: Socket;
  /** One end is gone, and the other one is not to be told. */
  #isHalfOpen = false;

  constructor({ client, server, clock, random, toxics, ended }: ChaosLinkOptions) {
    this.#client = client;
    this.#server = server;
    const stream = (way: Way, from: Socket, to: Socket): ChaosStream => {
      const cut = (how: Cut): void => this.#cut(how, to);
      return new ChaosStream({ from, to, clock, random, toxics: () => toxics(way), cut });
    };
    this.streams = {
      "to-server": stream("to-server", client, server),
      "to-client": stream("to-client", server, client),
    };
    const closed = (): void => {
      if (client.closed && server.closed) ended(this);
    };
    this.#follow(client, server, closed);
    this.#follow(server, client, closed);
    this.changed();
  }

  /** Other toxics hold now. */
  changed(): void {
    for (const way of ways) this.streams[way].changed();
  }

  /** Both ends see a reset; what is under way is lost. */
  reset(): void {
    reset(this.#client);
    reset(this.#server);
  }

  /** `gone` sees a reset; the other end is told nothing, and hears nothing any more. */
  halfOpen(gone: "client" | "server"): void {
    this.#isHalfOpen = true;
    for (const way of ways) this.streams[way].silence();
    reset(gone === "client" ? this.#client : this.#server);
  }

  #cut(how: Cut, to: Socket): void {
    if (how === "reset") this.reset();
    else if (how === "end") to.end();
  }

  /** What breaks one socket breaks the other one. An orderly end comes through the streams. */
  #follow(socket: Socket, other: Socket, closed: () => void): void {
    socket.on("error", () => {
      if (!this.#isHalfOpen) reset(other);
    });
    socket.on("close", closed);
  }
}

/**
 * Only TCP knows a reset; at a UNIX socket it is seen as an end. Once our own FIN is on its way libuv refuses to reset
 * (uv_tcp_close_reset: UV_EINVAL), and Node would never close the socket.
 */
export function reset(socket: Socket): void {
  if (socket.remoteFamily === undefined || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
