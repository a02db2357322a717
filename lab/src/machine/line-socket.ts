import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { until } from "../until.ts";

/** A UNIX socket that speaks in lines: QEMU's monitor and the agent in the guest both do. */
export class LineSocket {
  readonly #socket: Socket;
  #rest: string[] = [];

  private constructor(socket: Socket, lineReceived: (line: string) => void) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("error", () => {});
    socket.on("data", (text: string) => this.#receive(text, lineReceived));
  }

  /** Keeps trying: the program that listens has only just been started. `giveUp` throws when there is no point. */
  static async connect(
    path: string,
    { lineReceived, giveUp }: { lineReceived: (line: string) => void; giveUp: () => void },
  ): Promise<LineSocket> {
    return until(`somebody listens on ${path}`, async () => {
      giveUp();
      const socket = connect(path);
      try {
        await once(socket, "connect");
        return new LineSocket(socket, lineReceived);
      } catch {
        return null;
      }
    });
  }

  send(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** A line may be megabytes long (the output of a command) and come in a hundred pieces: joined once, at its end. */
  #receive(text: string, lineReceived: (line: string) => void): void {
    const lines = text.split("\n");
    this.#rest.push(lines.shift()!);
    while (lines.length > 0) {
      lineReceived(this.#rest.join(""));
      this.#rest = [lines.shift()!];
    }
  }
}
