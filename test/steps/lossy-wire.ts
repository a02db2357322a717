/** A wire between a terminal and its station that loses commands, or their answers, when it is told to. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** `the command`: it does not arrive, nor does anything after it. `the answer`: nothing comes back once it has arrived. */
export type Loses = "nothing" | "the command" | "the answer";

export class LossyWire implements AsyncDisposable {
  loses: Loses = "nothing";
  /** How many commands were lost, or their answers, so far. */
  lost = 0;
  readonly #to: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(to: string) {
    this.#to = to;
    this.#server = createServer((terminal) => this.#join(terminal, connect(this.#to)));
  }

  /** Both are paths of UNIX sockets. */
  static async start(at: string, to: string): Promise<LossyWire> {
    const wire = new LossyWire(to);
    wire.#server.listen(at);
    await once(wire.#server, "listening");
    return wire;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(terminal: Socket, station: Socket): void {
    let isDead = false;
    this.#keep(terminal, station);
    this.#keep(station, terminal);
    station.on("data", (data) => {
      if (!isDead) terminal.write(data);
    });
    createInterface({ input: terminal }).on("line", (line) => {
      const isHit = !isDead && this.loses !== "nothing" && line.includes('"cmd":');
      if (isHit) this.lost += 1;
      isDead ||= isHit && this.loses === "the command";
      if (!isDead) station.write(`${line}\n`);
      isDead ||= isHit;
    });
  }

  #keep(socket: Socket, other: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      other.destroy();
    });
  }
}
