/** What `lines.ts` does, by hand on Node's `net`: whole chunks are decoded once, and what one read leads to leaves in one write. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { Technology } from "./technology.ts";

/** All that `handle` wants written is written together. */
function speak(socket: Socket, handle: (line: string) => void, written: () => string): void {
  let tail = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    const text = tail + chunk;
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      handle(text.slice(start, end));
      start = end + 1;
    }
    tail = text.slice(start);
    const answers = written();
    if (answers !== "") socket.write(answers, "latin1");
  });
  socket.on("error", () => {});
}

export const bare: Technology = {
  async serve() {
    const server = createServer({ noDelay: true }, (socket) => {
      let answers = "";
      const taken = (): string => {
        const all = answers;
        answers = "";
        return all;
      };
      speak(socket, (line) => (answers += `${line}\n`), taken);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },

  async connect(port) {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    let waiting: ((answer: string) => void)[] = [];
    let at = 0;
    let questions = "";
    let isReading = false;
    const taken = (): string => {
      const all = questions;
      questions = "";
      isReading = false;
      return all;
    };
    const answered = (line: string): void => {
      isReading = true;
      const next = waiting[at++];
      if (at > 1_000) {
        waiting = waiting.slice(at);
        at = 0;
      }
      next?.(line);
    };
    speak(socket, answered, taken);
    return (command, whenAnswered) => {
      waiting.push(whenAnswered);
      if (isReading) questions += `${command}\n`;
      else socket.write(`${command}\n`, "latin1");
    };
  },
};
