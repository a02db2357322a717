import { Factory, LineOnlyReceiver, Reactor } from "@trofie/reactor";
import { InOrder } from "./in-order.ts";
import type { Technology } from "./technology.ts";

class Answerer extends LineOnlyReceiver {
  override lineReceived(line: string) {
    this.sendLine(line);
  }
}

class Asker extends LineOnlyReceiver {
  readonly #answers = new InOrder();

  ask(command: string, answered: (answer: string) => void) {
    this.#answers.asked(answered);
    this.sendLine(command);
  }

  override lineReceived(line: string) {
    this.#answers.came(line);
  }
}

const reactor = new Reactor();

export const lines: Technology = {
  async serve() {
    const { address } = await reactor.listen("tcp:0", Factory.forProtocol(Answerer));
    return address.kind === "tcp" ? address.port : 0;
  },

  async connect(port) {
    const asker = await reactor.connect(`tcp:host=127.0.0.1:port=${port}`, Factory.forProtocol(Asker));
    return (command, answered) => asker.ask(command, answered);
  },
};
