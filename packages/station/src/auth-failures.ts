/** Tells the log who was not let in, however often they try. */
import type { Clock } from "@trofie/reactor";

const sayEveryMs = 10_000;

/** The first is told at once; those that follow within ten seconds are counted, and told with the next one. */
export class AuthFailures {
  readonly #clock: Clock;
  readonly #say: (sentence: string) => void;
  #saidMs = -Infinity;
  #unsaid = 0;

  constructor(clock: Clock, say: (sentence: string) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /** `agent` is what they call themselves, and may be anything. */
  refused(door: string, agent: string): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#saidMs < sayEveryMs) return void (this.#unsaid += 1);
    const before = this.#unsaid === 0 ? "" : `, and ${this.#unsaid} more before that`;
    this.#say(`Refused to let in ${JSON.stringify(agent)} at the door "${door}"${before}`);
    this.#saidMs = nowMs;
    this.#unsaid = 0;
  }
}
