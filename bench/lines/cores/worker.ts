import { parentPort, workerData } from "node:worker_threads";
import { Factory, LineOnlyReceiver, Reactor } from "@trofie/reactor";
import { think } from "./think.ts";

const { port, steps } = workerData as { port: number; steps: number };

class Thinker extends LineOnlyReceiver {
  override readonly delimiter = "\n";

  override lineReceived(line: string) {
    if (think(steps) !== 0) this.sendLine(line);
  }
}

await new Reactor().listen(`tcp:${port}:reusePort=1`, Factory.forProtocol(Thinker));
parentPort?.postMessage("listening");
