import { channel } from "node:diagnostics_channel";
import type { Clock } from "../clock.ts";
import type { CloseReason } from "../close-reason.ts";
import type { Factory } from "../factory.ts";
import { layered } from "../layers/factory-wrapper.ts";
import { Layer } from "../layers/layer.ts";
import type { Wire } from "../net.ts";
import type { Flight, Frame } from "./flight.ts";

/** How much is kept of each connection, and who gets it. */
export interface RecordOptions {
  /** How many frames; 64 by default. */
  readonly lastFrames?: number;
  /** How many bytes they may hold together; 64 KiB by default. */
  readonly lastBytes?: number;
  /** Called for each connection that did not end in good order: the flight recorder is read. */
  readonly onCrash?: (flight: Flight) => void;
}

/** What `diagnostics_channel.subscribe("trofie.reactor.traffic", …)` is told. */
export interface Traffic extends Frame {
  /** The wire that it crossed, to tell connections apart. */
  readonly wire: Wire;
}

const traffic = channel("trofie.reactor.traffic");

/**
 * The factory, with connections whose traffic is told to the `diagnostics_channel` `trofie.reactor.traffic`, and each
 * with a flight recorder: the last frames are kept, and handed over when the connection ends badly. What crosses the
 * network is recorded as the protocol sees it, secrets included; after STARTTLS, as the network sees it.
 */
export function recorded<P extends object>(factory: Factory<P>, options: RecordOptions = {}): Factory<P> {
  return layered(factory, (wire, clock) => new RecordingLayer(wire, clock, options));
}

class RecordingLayer extends Layer {
  readonly #clock: Clock;
  readonly #options: RecordOptions;
  readonly #startedMs: number;
  readonly #frames: Frame[] = [];
  #bytes = 0;
  #forgottenFrames = 0;

  constructor(wire: Wire, clock: Clock, options: RecordOptions) {
    super(wire);
    this.#clock = clock;
    this.#options = options;
    this.#startedMs = clock.nowMs();
  }

  override write(parts: readonly (string | Uint8Array)[]): void {
    for (const part of parts) this.#record("written", part);
    super.write(parts);
  }

  override end(): void {
    this.#record("end", "");
    super.end();
  }

  override received(bytes: Uint8Array): void {
    this.#record("received", bytes);
    super.received(bytes);
  }

  override ended(): void {
    this.#record("ended", "");
    super.ended();
  }

  override closed(reason: CloseReason): void {
    super.closed(reason);
    if (reason.kind === "done" || reason.kind === "shutdown") return;
    const { host, peer } = this;
    const frames = [...this.#frames];
    this.#options.onCrash?.({ host, peer, frames, forgottenFrames: this.#forgottenFrames, reason });
  }

  #record(kind: Frame["kind"], data: string | Uint8Array): void {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data);
    const frame: Frame = { atMs: this.#clock.nowMs() - this.#startedMs, kind, bytes };
    if (traffic.hasSubscribers) traffic.publish({ wire: this.below, ...frame } satisfies Traffic);
    this.#frames.push(frame);
    this.#bytes += bytes.length;
    this.#forget();
  }

  #forget(): void {
    const { lastFrames = 64, lastBytes = 65_536 } = this.#options;
    while (this.#frames.length > lastFrames || (this.#bytes > lastBytes && this.#frames.length > 1)) {
      this.#bytes -= this.#frames.shift()!.bytes.length;
      this.#forgottenFrames += 1;
    }
  }
}
