import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Technology } from "./technology.ts";

/** POST, on a connection that is kept alive. HTTP/1.1 has one request at a time on each; others wait for it. */
export const http: Technology = {
  async serve() {
    const server = createServer((asked, response) => {
      asked.setEncoding("utf8");
      let command = "";
      asked.on("data", (text: string) => (command += text));
      asked.on("end", () => response.end(command));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },

  connect(port) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const where = { host: "127.0.0.1", port, method: "POST", agent };
    return Promise.resolve((command, answered) => {
      const headers = { "content-length": command.length };
      const asking = request({ ...where, headers }, (response) => {
        let answer = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => (answer += text));
        response.on("end", () => answered(answer));
      });
      asking.end(command);
    });
  },
};
