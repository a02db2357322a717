/**
 * The life of one process. Whatever it does to the world, and the world to it, goes through its edges: after its death
 * nothing of it has any effect, though its promises may still settle.
 */
import type { Clock, DelayedCall } from "@trofie/reactor";
import type { SimClock } from "./sim-clock.ts";

export type LifeKind = "station" | "client" | "job";

/** What a dead process is told, so that what it holds is let go. */
export class Killed extends Error {
  override readonly name = "Killed";
}

export class Life {
  readonly kind: LifeKind;
  readonly name: string;
  isAlive = true;
  /** Timers that it has asked for and that are still to come. */
  readonly timers = new Set<DelayedCall>();
  readonly #onEdge: (life: Life, what: string) => void;
  readonly #onDeath: (() => void)[] = [];

  /** `onEdge` may kill it. */
  constructor(kind: LifeKind, name: string, onEdge: (life: Life, what: string) => void) {
    this.kind = kind;
    this.name = name;
    this.#onEdge = onEdge;
  }

  /** Passed before each effect; false when there is to be none. */
  edge(what: string): boolean {
    if (this.isAlive) this.#onEdge(this, what);
    return this.isAlive;
  }

  /** Calls `fn` when it dies. */
  onDeath(fn: () => void): void {
    this.#onDeath.push(fn);
  }

  /** kill -9. */
  die(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    for (const fn of this.#onDeath) fn();
  }
}

/** The world's clock, as a process sees it. */
export class LifeClock implements Clock {
  readonly #clock: SimClock;
  readonly #life: Life;

  constructor(clock: SimClock, life: Life) {
    this.#clock = clock;
    this.#life = life;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  callLater(delayMs: number, fn: () => void): DelayedCall {
    return new LifeCall(this.#clock, this.#life, delayMs, fn);
  }
}

/** Of a life that has ended it is never made. */
class LifeCall implements DelayedCall {
  readonly #life: Life;
  readonly #call: DelayedCall;

  constructor(clock: SimClock, life: Life, delayMs: number, fn: () => void) {
    this.#life = life;
    this.#call = clock.callLater(delayMs, () => {
      life.timers.delete(this);
      if (life.edge("timer")) fn();
    });
    if (life.isAlive) life.timers.add(this);
    else this.#call.cancel();
  }

  get active(): boolean {
    return this.#call.active;
  }

  cancel(): void {
    this.#life.timers.delete(this);
    this.#call.cancel();
  }

  [Symbol.dispose](): void {
    this.cancel();
  }
}
