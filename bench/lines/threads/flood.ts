/** Sends lines of 16 bytes to whoever connects, as fast as they are taken. */
import { createServer, type AddressInfo } from "node:net";

const chunk = Buffer.from("sixteen letters.\n".repeat(4_096));

const server = createServer({ noDelay: true }, (socket) => {
  const flood = () => {
    while (socket.write(chunk));
  };
  socket.on("drain", flood);
  socket.on("error", () => {});
  flood();
});
server.listen(0, "127.0.0.1", () => console.log(`listening on ${(server.address() as AddressInfo).port}`));
