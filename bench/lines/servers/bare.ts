/**
 * What the framework may not cost much more than: the same shape by hand on Node's `net`. Whole chunks are decoded
 * once, the answers to one read leave in one write, without Nagle's delay.
 */
import { createServer, type AddressInfo, type Socket } from "node:net";

const LF = 10;
const sockets = new Set<Socket>();
const answer = process.argv[2] === "fan" ? publish : echo;

const server = createServer({ noDelay: true }, (socket) => {
  let tail: Buffer | undefined;
  sockets.add(socket);
  socket.on("data", (chunk: Buffer) => {
    const bytes: Buffer = tail ? Buffer.concat([tail, chunk]) : chunk;
    const end = bytes.lastIndexOf(LF) + 1;
    tail = end < bytes.length ? bytes.subarray(end) : undefined;
    if (end > 0) answer(socket, linesOf(bytes.toString("utf8", 0, end)));
  });
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
});
server.listen(0, "127.0.0.1", () => console.log(`listening on ${(server.address() as AddressInfo).port}`));

/** Finds each line, as a server that looks at them must, and joins the answers. */
function linesOf(text: string): string {
  let answers = "";
  for (let start = 0; start < text.length;) {
    const end = text.indexOf("\n", start);
    const line = text.slice(start, end);
    answers += line + "\n";
    start = end + 1;
  }
  return answers;
}

function echo(socket: Socket, answers: string) {
  socket.write(answers);
}

function publish(from: Socket, answers: string) {
  for (const socket of sockets) if (socket !== from) socket.write(answers);
}
