import { LineOnlyReceiver, type ThreadFactory } from "@trofie/reactor";

/** The client's protocol, which runs in the reactor's thread and hands each line to the thread of the terminal. */
export default class Client extends LineOnlyReceiver<ThreadFactory> {
  override lineReceived(line: string) {
    return this.factory.update(line);
  }
}
