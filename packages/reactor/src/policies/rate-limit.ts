import { ByteQueue } from "../byte-queue.ts";
import { checkNumber } from "../check-number.ts";
import type { Clock, DelayedCall } from "../clock.ts";
import type { Factory } from "../factory.ts";
import { layered } from "../layers/factory-wrapper.ts";
import { Layer } from "../layers/layer.ts";
import type { Wire } from "../net.ts";
import { TokenBucket } from "./token-bucket.ts";

/** So many bytes per second. */
export interface Rate {
  readonly bytesPerSecond: number;
  /** How much may go at once after a rest; by default what goes in a second. */
  readonly burstBytes?: number;
}

/** Bounds of each connection, and of all connections of the factory together. What is left out is not bounded. */
export interface RateLimits {
  /** Each connection's reading, and writing. */
  readonly read?: Rate;
  readonly write?: Rate;
  /** The reading of all together, and the writing. */
  readonly readAll?: Rate;
  readonly writeAll?: Rate;
}

/**
 * The factory, with connections that read and write no faster than this; whoever writes faster feels it. A connection
 * that closes waits for the limit, however long that takes; a reactor that stops does not.
 */
export function rateLimited<P extends object>(factory: Factory<P>, limits: RateLimits): Factory<P> {
  for (const rate of Object.values(limits)) checkNumber("limit the rate", { ...rate });
  let shared: { reads: TokenBucket[]; writes: TokenBucket[] } | undefined;
  return layered(factory, (wire, clock) => {
    shared ??= { reads: buckets(clock, limits.readAll), writes: buckets(clock, limits.writeAll) };
    const reads = [...buckets(clock, limits.read), ...shared.reads];
    const writes = [...buckets(clock, limits.write), ...shared.writes];
    return new RateLayer(wire, clock, reads, writes);
  });
}

function buckets(clock: Clock, rate: Rate | undefined): TokenBucket[] {
  return rate ? [new TokenBucket(clock, rate.bytesPerSecond, rate.burstBytes)] : [];
}

class RateLayer extends Layer {
  readonly #clock: Clock;
  readonly #reads: readonly TokenBucket[];
  readonly #writes: readonly TokenBucket[];
  readonly #waiting = new ByteQueue();
  /** Taken from `#waiting`, and not yet allowed to leave. */
  #heldBytes = 0;
  #isPausedAbove = true;
  #readAgain: DelayedCall | undefined;
  #writeAgain: DelayedCall | undefined;
  #isEnding = false;

  constructor(wire: Wire, clock: Clock, reads: readonly TokenBucket[], writes: readonly TokenBucket[]) {
    super(wire);
    this.#clock = clock;
    this.#reads = reads;
    this.#writes = writes;
  }

  override get unsentBytes(): number {
    return this.#ownBytes + super.unsentBytes;
  }

  override get isHoldingBack(): boolean {
    return this.#heldBytes > 0 || super.isHoldingBack;
  }

  override pause(): void {
    this.#isPausedAbove = true;
    super.pause();
  }

  override resume(): void {
    this.#isPausedAbove = false;
    if (!this.#readAgain?.active) super.resume();
  }

  override received(bytes: Uint8Array): void {
    const waitMs = take(this.#reads, bytes.length);
    if (waitMs > 0) this.#restReading(waitMs);
    super.received(bytes);
  }

  override write(parts: readonly (string | Uint8Array)[]): void {
    if (this.#writes.length === 0) return super.write(parts);
    for (const part of parts) this.#waiting.add(part);
    if (!this.#writeAgain?.active) this.#writeSome();
  }

  override end(): void {
    this.#isEnding = true;
    if (this.#ownBytes === 0) super.end();
  }

  override drained(): void {
    if (this.#ownBytes === 0) super.drained();
  }

  override gone(error?: Error): void {
    this.#readAgain?.cancel();
    this.#writeAgain?.cancel();
    super.gone(error);
  }

  #restReading(waitMs: number): void {
    super.pause();
    this.#readAgain?.cancel();
    this.#readAgain = this.#clock.callLater(waitMs, () => {
      if (!this.#isPausedAbove) super.resume();
    });
  }

  get #ownBytes(): number {
    return this.#waiting.length + this.#heldBytes;
  }

  #writeSome(): void {
    const mostBytes = Math.max(1, Math.min(...this.#writes.map(({ burstBytes }) => burstBytes)));
    while (this.#waiting.length > 0) {
      const piece = this.#waiting.take(mostBytes);
      const waitMs = take(this.#writes, piece.length);
      if (waitMs > 0) return this.#sendLater(piece, waitMs);
      super.write([piece]);
    }
    if (this.#isEnding) super.end();
  }

  #sendLater(piece: Uint8Array, waitMs: number): void {
    this.#heldBytes = piece.length;
    this.#writeAgain = this.#clock.callLater(waitMs, () => {
      this.#heldBytes = 0;
      super.write([piece]);
      this.#writeSome();
      if (this.unsentBytes === 0) super.drained();
    });
  }
}

/** Takes from each; the longest wait counts. */
function take(from: readonly TokenBucket[], bytes: number): number {
  return Math.max(0, ...from.map((bucket) => bucket.take(bytes)));
}
