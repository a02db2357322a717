import { systemClock, type Clock, type DelayedCall } from "@trofie/reactor";

/** Real time that passes faster: what waits fifteen seconds waits less than one. Sockets are as fast as they are. */
export class HurriedClock implements Clock {
  readonly #times: number;

  constructor(times: number) {
    this.#times = times;
  }

  nowMs(): number {
    return systemClock.nowMs() * this.#times;
  }

  wallMs(): number {
    return systemClock.wallMs();
  }

  callLater(delayMs: number, fn: () => void): DelayedCall {
    return systemClock.callLater(delayMs / this.#times, fn);
  }
}
