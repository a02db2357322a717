/** How long a message of Node's takes to another thread and back, with nothing else to do: prints the p50 in µs. */
import { once } from "node:events";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

const messages = 20_000;

if (isMainThread) await measure();
else parentPort!.on("message", (message) => parentPort!.postMessage(message));

async function measure(): Promise<void> {
  const worker = new Worker(new URL(import.meta.url));
  await once(worker, "online");
  const tookMs: number[] = [];
  const came = Promise.withResolvers<void>();
  let sentAtMs = 0;
  const send = (): void => {
    sentAtMs = performance.now();
    worker.postMessage("line");
  };
  worker.on("message", () => {
    tookMs.push(performance.now() - sentAtMs);
    if (tookMs.length === messages) came.resolve();
    else send();
  });
  send();
  await came.promise;
  tookMs.sort((a, b) => a - b);
  console.log(JSON.stringify({ p50Micros: tookMs[messages / 2]! * 1_000 }));
  process.exit();
}
