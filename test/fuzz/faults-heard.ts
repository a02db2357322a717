/** Hears of every exception that escaped to where nobody waits for it. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";

const channel = "trofie.reactor.fault";

export class FaultsHeard implements Disposable {
  #first: { readonly error: unknown } | null = null;
  readonly #heard = (error: unknown): void => void (this.#first ??= { error });
  readonly #told = (fault: unknown): void => this.#heard((fault as { error: unknown }).error);

  constructor() {
    subscribe(channel, this.#told);
    process.on("unhandledRejection", this.#heard);
    process.on("uncaughtException", this.#heard);
  }

  /** The first one since it was asked last. */
  take(): { readonly error: unknown } | null {
    const first = this.#first;
    this.#first = null;
    return first;
  }

  [Symbol.dispose](): void {
    unsubscribe(channel, this.#told);
    process.off("unhandledRejection", this.#heard);
    process.off("uncaughtException", this.#heard);
  }
}
