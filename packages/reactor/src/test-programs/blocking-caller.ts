/** Calls a reactor's thread from a worker, blocked. */
import { parentPort, workerData } from "node:worker_threads";
import { once } from "node:events";
import { asError } from "../as-error.ts";
import { ReactorThread } from "../threads/reactor-thread.ts";
import type Answering from "./thread-protocol.ts";

const { protocol, port }: { readonly protocol: string; readonly port: number } = workerData;
const thread = new ReactorThread<Answering>({ protocol: new URL(protocol), host: "127.0.0.1", port });
await thread.start();
await once(thread, "connected");

const codeOf = (call: () => unknown) => {
  try {
    return call();
  } catch (error) {
    const { name, message } = asError(error);
    return `${name}: ${message}`;
  }
};
const patience = { timeoutMs: 5000 };
const answers = [
  codeOf(() => thread.blockingCallFromThread(patience, "add", 1, 2)),
  codeOf(() => thread.blockingCallFromThread(patience, "later", "in a moment")),
  codeOf(() => thread.blockingCallFromThread(patience, "fail")),
  codeOf(() => thread.blockingCallFromThread(patience, "aFunction")),
  codeOf(() => thread.blockingCallFromThread({ timeoutMs: 50 }, "never")),
];
await thread.stop();
answers.push(codeOf(() => thread.blockingCallFromThread(patience, "add", 1, 2)));
parentPort!.postMessage(answers);
