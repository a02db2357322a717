/**
 * The program of a thread that shares a port with others: a reactor, and a factory of its own.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Factory } from "../factory.ts";
import type { Port } from "../port.ts";
import { Reactor } from "../reactor.ts";
import { systemClock } from "../system-clock.ts";
import type { PortEvent, PortOrder, PortWorkerSettings } from "./port-messages.ts";
import { toThreadError } from "./thread-error.ts";

if (!parentPort) throw new Error("Cannot run: this module is the program of a shared port's thread");
const main = parentPort;
const { factoryUrl, endpoint }: PortWorkerSettings = workerData;
const reactor = new Reactor();

try {
  const module: { default: new () => Factory } = await import(factoryUrl);
  const port = await reactor.listen(endpoint, new module.default());
  main.on("message", (order: PortOrder) => void obey(port, order));
  void tellCounts(port);
  tell({ kind: "listening", address: port.address });
} catch (error) {
  tell({ kind: "cannot-listen", error: toThreadError(error) });
}

async function obey(port: Port, order: PortOrder): Promise<void> {
  try {
    if (order.kind === "stop") return await stop(order.id, order.deadlineMs);
    if (order.kind === "suspend") await port.suspend();
    if (order.kind === "resume") await port.resume();
    if (order.kind === "stop-listening") await port.stopListening();
    tell({ kind: "done", id: order.id });
  } catch (error) {
    tell({ kind: "failed", id: order.id, error: toThreadError(error) });
  }
}

async function stop(id: number, deadlineMs: number): Promise<void> {
  const report = await reactor.stop({ deadlineMs });
  tell({ kind: "stopped", id, report });
  systemClock.callLater(0, () => main.close());
}

async function tellCounts(port: Port): Promise<never> {
  for (let last = 0; ; last = port.connectionCount) {
    await port.whenConnectionCount((count) => count !== last);
    tell({ kind: "count", count: port.connectionCount });
  }
}

function tell(event: PortEvent): void {
  main.postMessage(event);
}
