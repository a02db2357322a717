import { systemClock } from "@trofie/reactor";

const LONGEST_WAIT_MS = 2_000;

/** How many answers are still to come; so that the client leaves no connection before the last one. */
export class Answers {
  #expected = 0;
  #all = Promise.withResolvers<void>();

  expect(): void {
    this.#expected += 1;
  }

  came(): void {
    this.#expected -= 1;
    if (this.#expected <= 0) this.expectNone();
  }

  expectNone(): void {
    this.#expected = 0;
    this.#all.resolve();
    this.#all = Promise.withResolvers();
  }

  /** Resolves when all have come, or will not come any more. */
  async all(): Promise<void> {
    if (this.#expected === 0) return;
    const patience = systemClock.callLater(LONGEST_WAIT_MS, () => this.expectNone());
    await this.#all.promise;
    patience.cancel();
  }
}
