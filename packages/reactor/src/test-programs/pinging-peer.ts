/** A peer in a process of its own: says `ping` as soon as it has its `pong`, counts, and tells when asked. */
import { Factory } from "../factory.ts";
import { LineOnlyReceiver } from "../line-only-receiver.ts";
import { Reactor } from "../reactor.ts";

let pongs = 0;

class Pinger extends LineOnlyReceiver {
  override connectionMade() {
    this.sendLine("ping");
  }

  override lineReceived(line: string) {
    if (line === "how many?") return this.sendLine(String(pongs));
    pongs += 1;
    this.sendLine("ping");
  }
}

const port = await new Reactor().listen("tcp:0", Factory.forProtocol(Pinger));
process.send?.(port.address);
