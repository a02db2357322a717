import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { Technology } from "./technology.ts";

/** Answers come in the order of the questions. */
export const ws: Technology = {
  async serve() {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    server.on("connection", (socket) => socket.on("message", (command) => socket.send(command.toString())));
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },

  async connect(port) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(socket, "open");
    const waiting: ((answer: string) => void)[] = [];
    socket.on("message", (answer) => waiting.shift()?.(answer.toString()));
    return (command, answered) => {
      waiting.push(answered);
      socket.send(command);
    };
  },
};
