/** Node's `net` as people write it: split, and one write per line. */
import { createServer, type AddressInfo, type Socket } from "node:net";

const sockets = new Set<Socket>();
const isFan = process.argv[2] === "fan";

const server = createServer((socket) => {
  let rest = "";
  sockets.add(socket);
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) answer(socket, line);
  });
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
});
server.listen(0, "127.0.0.1", () => console.log(`listening on ${(server.address() as AddressInfo).port}`));

function answer(from: Socket, line: string) {
  if (!isFan) from.write(line + "\n");
  else for (const socket of sockets) if (socket !== from) socket.write(line + "\n");
}
