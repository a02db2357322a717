import { checkNumber } from "../check-number.ts";
import type { Clock, DelayedCall } from "../clock.ts";
import type { Factory } from "../factory.ts";
import type { IdleKind, Wire, WireEvents } from "../net.ts";
import { layered } from "../layers/factory-wrapper.ts";
import { Layer } from "../layers/layer.ts";

/** How long nothing may happen before `connectionIdle` is called, and called again after as long. */
export interface IdleLimits {
  /** Nothing was read. Time during which we do not read does not count. */
  readonly readMs?: number;
  /** Nothing was written. */
  readonly writeMs?: number;
  /** Neither. */
  readonly allMs?: number;
}

/** The factory, with connections that are told when they are idle (`connectionIdle`), and close unless they know better. */
export function idle<P extends object>(factory: Factory<P>, limits: IdleLimits): Factory<P> {
  checkNumber("watch for silence", { ...limits });
  return layered(factory, (wire, clock) => new IdleLayer(wire, clock, limits));
}

class IdleLayer extends Layer {
  readonly #clock: Clock;
  readonly #limits: IdleLimits;
  readonly #watches: DelayedCall[] = [];
  #lastReadMs = 0;
  #lastWriteMs = 0;
  #isPaused = true;

  constructor(wire: Wire, clock: Clock, limits: IdleLimits) {
    super(wire);
    this.#clock = clock;
    this.#limits = limits;
  }

  override start(events: WireEvents): void {
    const isFirst = this.#watches.length === 0;
    super.start(events);
    if (!isFirst) return;
    this.#lastReadMs = this.#lastWriteMs = this.#clock.nowMs();
    const { readMs, writeMs, allMs } = this.#limits;
    this.#watch("read", readMs, () => this.#readMs());
    this.#watch("write", writeMs, () => this.#lastWriteMs);
    this.#watch("all", allMs, () => Math.max(this.#readMs(), this.#lastWriteMs));
  }

  override pause(): void {
    this.#lastReadMs = this.#readMs();
    this.#isPaused = true;
    super.pause();
  }

  override resume(): void {
    this.#lastReadMs = this.#readMs();
    this.#isPaused = false;
    super.resume();
  }

  override write(parts: readonly (string | Uint8Array)[]): void {
    this.#lastWriteMs = this.#clock.nowMs();
    super.write(parts);
  }

  override received(bytes: Uint8Array): void {
    this.#lastReadMs = this.#clock.nowMs();
    super.received(bytes);
  }

  override gone(error?: Error): void {
    for (const watch of this.#watches) watch.cancel();
    super.gone(error);
  }

  /** When something was last read, or could not be because we did not read. */
  #readMs(): number {
    return this.#isPaused ? this.#clock.nowMs() : this.#lastReadMs;
  }

  /** One timer per limit, that looks at the time of the last event; none is moved at every event. */
  #watch(kind: IdleKind, limitMs: number | undefined, lastMs: () => number): void {
    if (limitMs === undefined) return;
    const index = this.#watches.length;
    let sinceMs = this.#clock.nowMs();
    const look = () => {
      sinceMs = Math.max(sinceMs, lastMs());
      const leftMs = sinceMs + limitMs - this.#clock.nowMs();
      if (leftMs <= 0) sinceMs = this.#clock.nowMs();
      this.#watches[index] = this.#clock.callLater(leftMs > 0 ? leftMs : limitMs, look);
      if (leftMs <= 0) this.above.idle?.(kind);
    };
    this.#watches.push(this.#clock.callLater(limitMs, look));
  }
}
