import { LineOnlyReceiver, type ThreadFactory } from "@trofie/reactor";

/** Hands every line to the other thread. */
export default class LineForwarder extends LineOnlyReceiver<ThreadFactory> {
  override readonly delimiter = "\n";

  override lineReceived(line: string) {
    return this.factory.update(line);
  }
}
