import { Factory, LineOnlyReceiver, Reactor } from "@trofie/reactor";
import type { Technology } from "./technology.ts";

class Answerer extends LineOnlyReceiver {
  override lineReceived(line: string) {
    this.sendLine(line);
  }
}

/** Answers come in the order of the questions. */
class Asker extends LineOnlyReceiver {
  #waiting: ((answer: string) => void)[] = [];
  #at = 0;

  ask(command: string, answered: (answer: string) => void) {
    this.#waiting.push(answered);
    this.sendLine(command);
  }

  override lineReceived(line: string) {
    const answered = this.#waiting[this.#at++];
    if (this.#at > 1_000) {
      this.#waiting = this.#waiting.slice(this.#at);
      this.#at = 0;
    }
    answered?.(line);
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
