import { threadId } from "node:worker_threads";
import { Factory } from "../factory.ts";
import { LineOnlyReceiver } from "../line-only-receiver.ts";

class ThreadNaming extends LineOnlyReceiver {
  override connectionMade() {
    this.sendLine(String(threadId));
  }
}

/** Says in which thread a connection is. */
export default class ThreadNamingFactory extends Factory<ThreadNaming> {
  override readonly protocol = ThreadNaming;
}
