/** What `lines.ts` does, by hand on Node's `net`: whole chunks are decoded once, and what one read leads to leaves in one write. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { InOrder } from "./in-order.ts";
import type { Technology } from "./technology.ts";

/** Hands over each line that comes; returns what sends one. */
function speak(socket: Socket, handle: (line: string) => void): (line: string) => void {
  let tail = "";
  /** What is said while a read is handled; null between reads. */
  let said: string | null = null;
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    const text = tail + chunk;
    let start = 0;
    said = "";
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      handle(text.slice(start, end));
      start = end + 1;
    }
    tail = text.slice(start);
    if (said !== "") socket.write(said, "latin1");
    said = null;
  });
  socket.on("error", () => {});
  return (line) => {
    if (said === null) socket.write(`${line}\n`, "latin1");
    else said += `${line}\n`;
  };
}

export const bare: Technology = {
  async serve() {
    const server = createServer({ noDelay: true }, (socket) => {
      const send = speak(socket, (line) => send(line));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },

  async connect(port) {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    const answers = new InOrder();
    const send = speak(socket, (line) => answers.came(line));
    return (command, answered) => {
      answers.asked(answered);
      send(command);
    };
  },
};
