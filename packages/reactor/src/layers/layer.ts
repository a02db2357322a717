import type { Address } from "../address.ts";
import type { CloseReason } from "../close-reason.ts";
import type { IdleKind, Wire, WireEvents } from "../net.ts";
import type { Security } from "../tls/tls-options.ts";

/**
 * Something between a wire and what drives it: it is a wire to the one above and hears the events of the one
 * below. Extend it and override what it changes; all else passes through.
 */
export class Layer implements Wire, WireEvents {
  /** The wire under it, nearer to the network. */
  protected readonly below: Wire;
  #above: WireEvents | undefined;

  constructor(below: Wire) {
    this.below = below;
  }

  /** Who is told of what happens. */
  protected get above(): WireEvents {
    if (!this.#above) throw new Error("Cannot tell of an event: the layer is not started");
    return this.#above;
  }

  get host(): Address {
    return this.below.host;
  }

  get peer(): Address {
    return this.below.peer;
  }

  get unsentBytes(): number {
    return this.below.unsentBytes;
  }

  get isHoldingBack(): boolean {
    return this.below.isHoldingBack ?? false;
  }

  get isBroken(): boolean {
    return this.below.isBroken;
  }

  get security(): Security | undefined {
    return this.below.security;
  }

  start(events: WireEvents): void {
    this.#above = events;
    this.below.start(this);
  }

  /** As `start`, for a layer that has started what is below before. */
  protected startAbove(events: WireEvents): void {
    this.#above = events;
  }

  pause(): void {
    this.below.pause();
  }

  resume(): void {
    this.below.resume();
  }

  write(parts: readonly (string | Uint8Array)[]): void {
    this.below.write(parts);
  }

  end(): void {
    this.below.end();
  }

  reset(): void {
    this.below.reset();
  }

  destroy(): void {
    this.below.destroy();
  }

  closed(reason: CloseReason): void {
    this.below.closed?.(reason);
  }

  received(bytes: Uint8Array): void {
    this.above.received(bytes);
  }

  ended(): void {
    this.above.ended();
  }

  drained(): void {
    this.above.drained();
  }

  finished(): void {
    this.above.finished();
  }

  idle(kind: IdleKind): void {
    this.above.idle?.(kind);
  }

  gone(error?: Error): void {
    this.above.gone(error);
  }
}
