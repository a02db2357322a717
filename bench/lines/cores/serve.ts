/**
 * A server of WORKERS threads that share one port: `serve.js WORKERS`. Each line costs ten microseconds of thinking.
 */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { think } from "./think.ts";

const THINKING_MICROS = 10;

const port = await freePort();
const workerData = { port, steps: stepsIn(THINKING_MICROS) };
for (let worker = 0; worker < Number(process.argv[2]); worker += 1) {
  await once(new Worker(new URL(import.meta.resolve("./worker.js")), { workerData }), "message");
}
console.log(`listening on ${port}`);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  await once(server.close(), "close");
  return address.port;
}

/** Counted, not timed: a thread that waits for its core does not think meanwhile. */
function stepsIn(micros: number): number {
  const steps = 20_000_000;
  const startMs = performance.now();
  think(steps);
  return Math.round((steps * micros) / ((performance.now() - startMs) * 1_000));
}
