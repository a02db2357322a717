/**
 * The program of `runInWorker`'s worker: calls one function, and tells how it ended.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { toThreadError } from "./thread-error.ts";
import type { CallEnd } from "./thread-messages.ts";
import type { WorkerCall } from "./run-in-worker.ts";

const { moduleUrl, name, args }: WorkerCall = workerData;

try {
  const module: Record<string, unknown> = await import(moduleUrl);
  const found = module[name];
  if (typeof found !== "function")
    throw new TypeError(`Cannot call ${name}: the module exports no such function`);
  tell({ kind: "returned", value: await Reflect.apply(found, undefined, args) });
} catch (error) {
  tell({ kind: "threw", error: toThreadError(error) });
}

function tell(end: CallEnd): void {
  parentPort?.postMessage(end);
}
