import { LineOnlyReceiver } from "../line-only-receiver.ts";
import type { ThreadFactory } from "../thread-client.ts";

/** Answers `ping` in the reactor's thread, and hands every other line to the other thread. */
export default class Answering extends LineOnlyReceiver<ThreadFactory> {
  override lineReceived(line: string) {
    if (line === "ping") return this.sendLine("pong");
    return this.factory.update(line);
  }
}
