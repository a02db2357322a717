/** Writes what has happened, and cannot be refused any more, into the journal: while the disk is full, again and again. */
import { Refusal } from "@trofie/commands";
import type { Clock } from "@trofie/reactor";
import type { Journal } from "./journal.ts";

const recordAgainMs = 1_000;

export class Recorder {
  readonly #journal: Journal;
  readonly #clock: Clock;
  #isClosing = false;

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
  }

  /** Records at once where it can. Rejects when the station ends before it could. */
  record(change: () => void): Promise<void> {
    return this.#untilDone(() => this.#journal.commit(change));
  }

  /** The same for how a job has ended: for that some room is set aside. */
  recordEnd(change: () => void): Promise<void> {
    return this.#untilDone(() => this.#journal.commitAtAnyCost(change));
  }

  close(): void {
    this.#isClosing = true;
  }

  async #untilDone(commit: () => void): Promise<void> {
    for (;;) {
      try {
        return commit();
      } catch (error) {
        if (!(error instanceof Refusal) || this.#isClosing) throw error;
      }
      await new Promise<void>((resolve) => this.#clock.callLater(recordAgainMs, resolve));
    }
  }
}
