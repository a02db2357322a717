import { join } from "node:path";
import { credentials, loadPackageDefinition, Server, ServerCredentials, type AskClient } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { Technology } from "./technology.ts";

/** Read where it stands in the sources: the compiler copies no such file. */
const proto = join(import.meta.dirname, "../../../lines/requests/ask.proto");

function askService() {
  return loadPackageDefinition(loadSync(proto)).Asking;
}

export const grpc: Technology = {
  serve() {
    const server = new Server();
    server.addService(askService().service, {
      ask: ({ request }, answer) => answer(null, { text: request.text }),
    });
    return new Promise((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
  },

  /** A connection of its own, which clients would share otherwise. */
  async connect(port) {
    const Client = askService();
    const options = { "grpc.use_local_subchannel_pool": 1 };
    const client: AskClient = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
    await new Promise<void>((resolve, reject) =>
      client.waitForReady(Date.now() + 5_000, (error) => (error ? reject(error) : resolve())),
    );
    return (command, answered) =>
      client.ask({ text: command }, (error, answer) => {
        if (error || !answer) throw error ?? new Error("Cannot read the answer: it is empty");
        answered(answer.text);
      });
  },
};
