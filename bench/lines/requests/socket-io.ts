import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import type { Technology } from "./technology.ts";

/** With its acknowledgements, over its WebSocket transport. */
export const socketIo: Technology = {
  async serve() {
    const http = createServer();
    new Server(http).on("connection", (socket) => socket.on("command", (command, answer) => answer(command)));
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return (http.address() as AddressInfo).port;
  },

  async connect(port) {
    const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"], forceNew: true });
    await new Promise<void>((resolve) => socket.on("connect", resolve));
    return (command, answered) => socket.emit("command", command, answered);
  },
};
