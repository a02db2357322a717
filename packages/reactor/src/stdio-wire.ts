import type { Readable, Writable } from "node:stream";
import type { Address } from "./address.ts";
import type { Wire, WireEvents } from "./net.ts";
import { StreamSender } from "./stream-sender.ts";

/** An input and an output as one connection: it has ended when both have. */
export class StdioWire extends StreamSender implements Wire {
  readonly host: Address = { kind: "stdio" };
  readonly peer: Address = { kind: "stdio" };
  readonly #input: Readable;
  readonly #output: Writable;
  #events: WireEvents | undefined;
  #state: "open" | "going" | "gone" = "open";
  #inputEnded = false;
  #outputEnded = false;

  constructor(input: Readable, output: Writable) {
    super(output);
    this.#input = input;
    this.#output = output;
    input.pause();
    for (const stream of [input, output]) {
      stream.on("error", (error) => this.#end(error));
      stream.on("close", () => this.#end());
    }
  }

  get isBroken(): boolean {
    return this.#state !== "open" || this.#output.errored !== null;
  }

  start(events: WireEvents): void {
    const isFirst = !this.#events;
    this.#events = events;
    if (!isFirst) return;
    this.#input.on("data", (bytes: Buffer) => this.#events!.received(bytes));
    this.#input.on("end", () => this.#inputIsOver());
    this.#output.on("finish", () => this.#outputIsOver());
    this.#input.pause();
  }

  pause(): void {
    this.#input.pause();
  }

  resume(): void {
    this.#input.resume();
  }

  /** No reset can be said through a pipe; what waits is dropped, and the peer sees an end. */
  reset(): void {
    this.destroy();
  }

  destroy(): void {
    this.#input.destroy();
    this.#output.destroy();
    this.#end();
  }

  protected override allTaken(): void {
    this.#events?.drained();
  }

  #inputIsOver(): void {
    this.#inputEnded = true;
    this.#events?.ended();
    if (this.#outputEnded) this.#end();
  }

  #outputIsOver(): void {
    this.#outputEnded = true;
    this.#events?.finished();
    if (this.#inputEnded) this.#end();
  }

  /** A stream that closes before its end was broken off. */
  #end(error?: Error): void {
    if (this.#state !== "open" || (!error && this.#isHalfway())) return;
    this.#state = "going";
    queueMicrotask(() => {
      this.#state = "gone";
      this.#events?.gone(error);
    });
  }

  /** One of the two has closed in good order, and the other has not yet. */
  #isHalfway(): boolean {
    const inputIsOpen = !this.#inputEnded && !this.#input.destroyed;
    const outputIsOpen = !this.#outputEnded && !this.#output.destroyed;
    return inputIsOpen || outputIsOpen;
  }
}
