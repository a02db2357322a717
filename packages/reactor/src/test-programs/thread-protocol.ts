import { LineOnlyReceiver } from "../line-only-receiver.ts";
import type { ThreadFactory } from "../threads/thread-client.ts";

class OutOfPaper extends Error {
  override readonly name = "OutOfPaper";
  readonly code = "OUT_OF_PAPER";
}

/** Answers `ping` in the reactor's thread, tells of `tell`, and hands every other line to the other thread. */
export default class Answering extends LineOnlyReceiver<ThreadFactory> {
  override lineReceived(line: string) {
    if (line === "ping") return this.sendLine("pong");
    if (line.startsWith("tell ")) return this.factory.tell({ about: line.slice(5) });
    return this.factory.update(line);
  }

  add(one: number, other: number): number {
    return one + other;
  }

  async later(value: string): Promise<string> {
    return value;
  }

  fail(): never {
    throw new OutOfPaper("no paper left");
  }

  /** Cannot be copied to another thread. */
  aFunction(): unknown {
    return () => {};
  }

  never(): Promise<never> {
    return new Promise(() => {});
  }
}
