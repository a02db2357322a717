/**
 * Time, as a reactor sees it. Everything that waits is given a clock, so that a test can hold time in its
 * hand (`VirtualClock` in `@trofie/reactor/testing`) and a browser can use its own (`systemClock`).
 */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. For measuring and for deadlines. */
  nowMs(): number;

  /** Milliseconds since 1970, which may jump when somebody sets the clock. For people and records. */
  wallMs(): number;

  /** Calls `fn` once, no sooner than `delayMs` from now, never before this call returns. */
  callLater(delayMs: number, fn: () => void): DelayedCall;
}

/** A call that is yet to come. `using` cancels it at the end of a block. */
export interface DelayedCall extends Disposable {
  /** True until the call was made or cancelled. */
  readonly active: boolean;

  /** Takes the call back; does nothing when it was made or cancelled before. */
  cancel(): void;
}
