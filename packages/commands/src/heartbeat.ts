/**
 * Heartbeats: each side sends something at least every `pingMs`, and gives the peer up after `deadMs` without a
 * byte. A connection whose other end vanished without a word is noticed within that time.
 */
import type { Clock, DelayedCall } from "@trofie/reactor";

export const pingMs = 5_000;
export const deadMs = 15_000;

/** Pings, and notices when nothing comes any more. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #ping: () => void;
  readonly #dead: () => void;
  #lastReceivedMs: number;
  #timer: DelayedCall;
  #notReading = 0;

  /** Calls `ping` every `pingMs` and, once, `dead` when nothing was received for `deadMs`. */
  constructor(clock: Clock, { ping, dead }: { ping: () => void; dead: () => void }) {
    this.#clock = clock;
    this.#ping = ping;
    this.#dead = dead;
    this.#lastReceivedMs = clock.nowMs();
    this.#timer = this.#schedule();
  }

  received(): void {
    this.#lastReceivedMs = this.#clock.nowMs();
  }

  /** Nothing of the peer is read while `work` goes on, so its silence says nothing: that time does not count. */
  async notReadingDuring(work: Promise<void>): Promise<void> {
    this.#notReading += 1;
    try {
      await work;
    } finally {
      this.#notReading -= 1;
      this.received();
    }
  }

  stop(): void {
    this.#timer.cancel();
  }

  #schedule(): DelayedCall {
    return this.#clock.callLater(pingMs, () => {
      if (this.#isSilent()) return this.#dead();
      this.#ping();
      this.#timer = this.#schedule();
    });
  }

  #isSilent(): boolean {
    return this.#notReading === 0 && this.#clock.nowMs() - this.#lastReceivedMs >= deadMs;
  }
}
