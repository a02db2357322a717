import { concat } from "./concat.ts";
import type { Factory } from "./factory.ts";
import { type Handled, Protocol } from "./protocol.ts";
import type { Transport } from "./transport.ts";

/** Bytes in, messages out: the same messages however the bytes are cut. No socket, no clock. */
export interface Parser<M> {
  /** Takes more bytes; call it when `next` has nothing more. */
  push(bytes: Uint8Array): void;

  /** The next message, or `undefined` when it has not arrived yet. */
  next(): M | undefined;

  /** All that was pushed and given by no message; nothing waits afterwards. */
  takeRest(): Uint8Array;
}

/**
 * A protocol of messages: what every receiver does with what its parser finds. One message at a time, never from
 * inside another; none while reading is paused, while the promise of one is outstanding, or after
 * `loseConnection`.
 */
export abstract class Receiver<M, F extends object = Factory<object>> extends Protocol<F> {
  #parser: Parser<M> | undefined;
  #waiting: Uint8Array[] | undefined;
  #delivering: Promise<void> | undefined;
  #isBusy = false;

  /** Makes the parser of one connection. */
  protected abstract makeParser(): Parser<M>;

  /** Hands one message to the handler that is meant for it. */
  protected abstract messageReceived(message: M): Handled;

  override makeConnection(transport: Transport): Handled {
    this.#parser = this.makeParser();
    return super.makeConnection(transport);
  }

  override dataReceived(bytes: Uint8Array): Handled {
    (this.#waiting ??= []).push(bytes);
    return this.#delivering ?? this.#deliverNow();
  }

  /**
   * All bytes that have come and were delivered in no message; nothing is delivered afterwards that came before.
   * For a protocol that another one takes over from: `transport.switchProtocol(next, this.takeRest())`.
   */
  takeRest(): Uint8Array {
    const rest = this.#parser?.takeRest() ?? new Uint8Array(0);
    return concat([rest, ...(this.#waiting?.splice(0) ?? [])]);
  }

  override get unreadBytes(): number {
    const rest = this.takeRest();
    if (rest.length > 0) (this.#waiting ??= []).unshift(rest);
    return rest.length;
  }

  /** Goes on delivering what waits; what the parser holds has changed from outside. */
  protected deliverAgain(): void {
    if (this.#isBusy || this.#delivering) return;
    this.transport.whenReading(() => this.#deliverNow());
  }

  #deliverNow(): Handled {
    if (this.#isBusy || this.#delivering) return;
    const handled = this.#deliver();
    if (handled) return (this.#delivering = this.#deliverRest(handled));
  }

  /** Delivers until a handler returns a promise, which is returned. */
  #deliver(): Handled {
    this.#isBusy = true;
    try {
      for (;;) {
        if (this.transport.disconnecting) return;
        if (this.transport.isReadingPaused) return this.#deliverWhenResumed();
        const message = this.#next();
        if (message === undefined) return;
        const handled = this.messageReceived(message);
        if (handled) return handled;
      }
    } finally {
      this.#isBusy = false;
    }
  }

  #next(): M | undefined {
    const parser = this.#parser!;
    for (;;) {
      const message = parser.next();
      if (message !== undefined) return message;
      const bytes = this.#waiting?.shift();
      if (!bytes) return undefined;
      parser.push(bytes);
    }
  }

  #deliverWhenResumed(): void {
    this.transport.whenReading(() => this.#deliverNow());
  }

  async #deliverRest(first: PromiseLike<unknown>): Promise<void> {
    try {
      for (let handled: Handled = first; handled; handled = this.#deliver()) await handled;
    } finally {
      this.#delivering = undefined;
    }
  }
}
