/** A real server of the reactor that gives back what it hears, and somebody who talks to it. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Factory, Protocol, Reactor, type CloseReason } from "@trofie/reactor";
import type { Place } from "./chaos-proxy.ts";

class Echo extends Protocol<EchoServer> {
  override connectionMade(): void {
    this.factory.connections.push(this);
  }

  override dataReceived(bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString("latin1");
    this.factory.heard += text;
    this.factory.pieces.push(text);
    this.transport.write(Buffer.from(bytes));
  }

  override connectionLost(reason: CloseReason): void {
    this.factory.lost.push(reason);
  }
}

export class EchoServer extends Factory<Echo> implements AsyncDisposable {
  heard = "";
  readonly pieces: string[] = [];
  readonly connections: Echo[] = [];
  readonly lost: CloseReason[] = [];
  readonly #reactor = new Reactor();

  static async start(at: Place): Promise<{ server: EchoServer; place: Place }> {
    const server = new EchoServer();
    const endpoint = "port" in at ? `tcp:${at.port}` : `unix:${at.path}`;
    const { address } = await server.#reactor.listen(endpoint, server);
    return { server, place: address.kind === "tcp" ? { port: address.port } : at };
  }

  override buildProtocol(): Echo {
    const echo = new Echo();
    echo.factory = this;
    return echo;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reactor.stop({ deadlineMs: 100 });
  }
}

export class Caller implements Disposable {
  readonly socket: Socket;
  heard = "";
  /** How it ended: "end", or the error's code. */
  ended: string | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => (this.heard += bytes.toString("latin1")));
    socket.on("end", () => (this.ended ??= "end"));
    socket.on("error", (error: NodeJS.ErrnoException) => (this.ended ??= error.code ?? error.message));
    socket.on("close", () => (this.ended ??= "end"));
  }

  /** Rejects as the connection was refused. */
  static async to(place: Place): Promise<Caller> {
    const target = "port" in place ? { ...place, host: "127.0.0.1" } : place;
    const socket = connect({ ...target, allowHalfOpen: true });
    await once(socket, "connect");
    return new Caller(socket);
  }

  say(text: string): void {
    this.socket.write(text, "latin1");
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
