import type { Address } from "../address.ts";
import { asError } from "../as-error.ts";
import type { Clock, DelayedCall } from "../clock.ts";
import { ProtocolError } from "../errors.ts";
import type { Factory } from "../factory.ts";
import { Layer } from "../layers/layer.ts";
import { shakingHands } from "../layers/shaking-hands.ts";
import type { Wire, WireEvents } from "../net.ts";
import { TailBytes } from "../tail-bytes.ts";
import { type ProxyHeader, readProxyHeader } from "./proxy-header.ts";

/** How patient to be. */
export interface ProxiedOptions {
  /** How long a connection may take to say its header; 5 s by default. */
  readonly headerTimeoutMs?: number;
}

/**
 * For a port behind a load balancer that speaks the PROXY protocol, version 1 or 2: `transport.peer` and the
 * address that `buildProtocol` is given are the real client's. A connection without a proper header is closed
 * before a protocol is built. Only for ports that nobody but the balancer can reach: anybody can write a header.
 */
export function proxied<P extends object>(
  factory: Factory<P>,
  { headerTimeoutMs = 5_000 }: ProxiedOptions = {},
): Factory<P> {
  const open = (wire: Wire, clock: Clock) => new ProxyLayer(wire, clock, headerTimeoutMs).open();
  return shakingHands(factory, open, () => null);
}

class ProxyLayer extends Layer {
  readonly #opened = Promise.withResolvers<Wire>();
  readonly #patience: DelayedCall;
  readonly #read = new TailBytes();
  #header: ProxyHeader | undefined;
  #rest: Uint8Array | undefined;
  #isPaused = true;
  #state: "opening" | "open" | "started" = "opening";
  #gone: { readonly error: Error | undefined } | undefined;

  constructor(wire: Wire, clock: Clock, timeoutMs: number) {
    super(wire);
    this.#patience = clock.callLater(timeoutMs, () => {
      this.#refuse(new ProtocolError("Cannot read the PROXY header: it has not come in time"));
    });
  }

  open(): Promise<Wire> {
    this.below.start(this);
    this.below.resume();
    return this.#opened.promise;
  }

  override get peer(): Address {
    return this.#header?.addresses?.source ?? this.below.peer;
  }

  override get host(): Address {
    return this.#header?.addresses?.destination ?? this.below.host;
  }

  override start(events: WireEvents): void {
    this.#state = "started";
    this.startAbove(events);
    const gone = this.#gone;
    if (gone) queueMicrotask(() => events.gone(gone.error));
  }

  override resume(): void {
    this.#isPaused = false;
    if (this.#rest) queueMicrotask(() => this.#giveRest());
    else super.resume();
  }

  override pause(): void {
    this.#isPaused = true;
    super.pause();
  }

  override received(bytes: Uint8Array): void {
    if (this.#state === "started") return super.received(bytes);
    this.#read.append(bytes);
    try {
      this.#header = readProxyHeader(this.#read.copy());
    } catch (error) {
      return this.#refuse(asError(error));
    }
    if (this.#header) this.#open(this.#header);
  }

  override ended(): void {
    if (this.#state === "started") return super.ended();
    this.#refuse(new ProtocolError("Cannot read the PROXY header: the connection ended before it"));
  }

  override gone(error?: Error): void {
    if (this.#state === "started") return super.gone(error);
    this.#gone = { error };
    this.#refuse(error ?? new ProtocolError("Cannot read the PROXY header: the connection is gone"));
  }

  #open(header: ProxyHeader): void {
    this.#state = "open";
    this.#patience.cancel();
    this.below.pause();
    const rest = this.#read.copy().subarray(header.lengthBytes);
    if (rest.length > 0) this.#rest = rest;
    this.#opened.resolve(this);
  }

  #giveRest(): void {
    const rest = this.#rest;
    if (this.#isPaused || this.#gone) return;
    this.#rest = undefined;
    if (rest) super.received(rest);
    if (!this.#isPaused) super.resume();
  }

  #refuse(error: Error): void {
    if (this.#state !== "opening") return;
    this.#patience.cancel();
    this.below.destroy();
    this.#opened.reject(error);
  }
}
