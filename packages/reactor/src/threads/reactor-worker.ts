/**
 * The program of a `ReactorThread`'s worker: takes orders from the thread that started it, and tells it what
 * happens.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../system-clock.ts";
import { ThreadClient, type ThreadProtocol } from "./thread-client.ts";
import { toThreadError } from "./thread-error.ts";
import { ThreadEvents } from "./thread-events.ts";
import type { BlockedCaller, CallEnd, ThreadEvent, ThreadOrder, ThreadSettings } from "./thread-messages.ts";

if (!parentPort) throw new Error("Cannot run: this module is the program of a ReactorThread's worker");
const port = parentPort;
const { protocolUrl, target }: ThreadSettings = workerData;
const module: { default: new () => ThreadProtocol } = await import(protocolUrl);
const events = new ThreadEvents((batch: ThreadEvent[]) => port.postMessage(batch));
const client = new ThreadClient(module.default, target, events);

port.on("message", (orders: readonly ThreadOrder[]) => {
  for (const order of orders) obey(order);
});
events.add({ kind: "ready" });

function obey(order: ThreadOrder): void {
  switch (order.kind) {
    case "connect":
      return void client.connect(order.generation);
    case "send":
      return client.send(order);
    case "call":
      return void client.call(order).then((end) => events.add({ kind: "called", id: order.id, end }));
    case "blocking-call":
      return void client.call(order).then((end) => wake(order.caller, end));
    case "credit":
      return events.taken(order.length);
    case "stop":
      return void client.stop(order.deadlineMs).then(closeSoon);
  }
}

/** The answer first, then the bell. */
function wake({ bell, port: answers }: BlockedCaller, end: CallEnd): void {
  try {
    answers.postMessage(end);
  } catch (error) {
    answers.postMessage({ kind: "threw", error: toThreadError(error) } satisfies CallEnd);
  }
  Atomics.store(bell, 0, 1);
  Atomics.notify(bell, 0);
  answers.close();
}

/** In a later turn, so that the last events have left. */
function closeSoon(): void {
  systemClock.callLater(0, () => port.close());
}
