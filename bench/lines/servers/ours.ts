/** Our server, as its users write it: the public API, nothing tuned. */
import { broadcast, Factory, LineOnlyReceiver, Reactor } from "@trofie/reactor";

class Echo extends LineOnlyReceiver {
  override readonly delimiter = "\n";

  override lineReceived(line: string) {
    this.sendLine(line);
  }
}

class Subscriber extends LineOnlyReceiver<Room> {
  override readonly delimiter = "\n";

  override connectionMade() {
    this.factory.subscribers.add(this);
  }

  override lineReceived(line: string) {
    broadcast(this.factory.subscribers, `${line}\n`, this);
  }

  override connectionLost() {
    this.factory.subscribers.delete(this);
  }
}

class Room extends Factory<Subscriber> {
  override readonly protocol = Subscriber;
  readonly subscribers = new Set<Subscriber>();
}

const reactor = new Reactor();
const factory = process.argv[2] === "fan" ? new Room() : Factory.forProtocol(Echo);
const { address } = await reactor.listen("tcp:0", factory);
if (address.kind === "tcp") console.log(`listening on ${address.port}`);
