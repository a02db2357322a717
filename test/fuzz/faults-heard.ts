/** Hears of every exception that escaped to where nobody waits for it. While it does, nobody else does. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";

const channel = "trofie.reactor.fault";

const escapes = ["unhandledRejection", "uncaughtException"] as const;

type Listener = (error: unknown) => void;

export class FaultsHeard implements Disposable {
  #first: { readonly error: unknown } | null = null;
  readonly #heard: Listener = (error) => void (this.#first ??= { error });
  readonly #told = (fault: unknown): void => this.#heard((fault as { error: unknown }).error);
  /** Who heard of them before: a test's runner, which would count them. */
  readonly #others = new Map(escapes.map((event) => [event, process.rawListeners(event) as Listener[]]));

  constructor() {
    subscribe(channel, this.#told);
    for (const event of escapes) process.removeAllListeners(event).on(event, this.#heard);
  }

  /** The first one since it was asked last. */
  take(): { readonly error: unknown } | null {
    const first = this.#first;
    this.#first = null;
    return first;
  }

  [Symbol.dispose](): void {
    unsubscribe(channel, this.#told);
    for (const [event, others] of this.#others) {
      process.off(event, this.#heard);
      for (const other of others) process.on(event, other);
    }
  }
}
