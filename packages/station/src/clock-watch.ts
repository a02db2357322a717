/** Notices that the wall clock was set, for what records say of time is as good as that clock. */
import type { Clock, DelayedCall } from "@trofie/reactor";

const lookEveryMs = 5_000;

/** A clock that is kept right by small steps does not jump. */
const jumpMs = 5_000;

/** Calls `jumped` with how far the wall clock went off the monotonic one, each time that is more than five seconds. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #jumped: (byMs: number) => void;
  #offsetMs: number;
  #timer: DelayedCall;

  constructor(clock: Clock, jumped: (byMs: number) => void) {
    this.#clock = clock;
    this.#jumped = jumped;
    this.#offsetMs = this.#offset();
    this.#timer = this.#again();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #again(): DelayedCall {
    return this.#clock.callLater(lookEveryMs, () => {
      this.#timer = this.#again();
      this.#look();
    });
  }

  /** Many small steps add up to one that is told. */
  #look(): void {
    const byMs = this.#offset() - this.#offsetMs;
    if (Math.abs(byMs) <= jumpMs) return;
    this.#offsetMs += byMs;
    this.#jumped(Math.round(byMs));
  }

  #offset(): number {
    return this.#clock.wallMs() - this.#clock.nowMs();
  }
}
