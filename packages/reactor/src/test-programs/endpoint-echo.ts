/** Echoes lines where its argument says; ends when its first connection has. */
import { Factory, LineOnlyReceiver, Reactor } from "@trofie/reactor";

const reactor = new Reactor();
const ended = Promise.withResolvers<void>();

class Echo extends LineOnlyReceiver {
  override lineReceived(line: string) {
    this.sendLine(`echo: ${line}`);
  }

  override connectionLost() {
    ended.resolve();
  }
}

await reactor.listen(process.argv[2]!, Factory.forProtocol(Echo));
await ended.promise;
await reactor.stop();
