/** Whether an open disk is still there. */
import { Refusal } from "@trofie/commands/errors";
import { Interruption, type JobClock } from "../job/job-context.ts";

/** What an answer may be old. */
const longAgoMs = 500;

export class Presence {
  readonly #checkIdentity: () => Promise<void>;
  readonly #clock: JobClock;
  #seenMs = -Infinity;

  /** `checkIdentity` throws a `Refusal` when the open disk is not the planned one any more. */
  constructor(checkIdentity: () => Promise<void>, clock: JobClock) {
    this.#checkIdentity = checkIdentity;
    this.#clock = clock;
  }

  /** Throws an `Interruption` when it is gone: the job may go on when it is back. */
  async check(): Promise<void> {
    try {
      await this.#checkIdentity();
    } catch (error) {
      throw error instanceof Refusal ? new Interruption(error.message, { cause: error }) : error;
    }
    this.#seenMs = this.#clock.nowMs();
  }

  /** As `check`, unless it was seen a moment ago. For failures, of which there may be thousands. */
  async checkNowAndThen(): Promise<void> {
    if (this.#clock.nowMs() - this.#seenMs >= longAgoMs) await this.check();
  }
}
