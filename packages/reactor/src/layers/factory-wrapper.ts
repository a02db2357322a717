import type { Address } from "../address.ts";
import type { Clock } from "../clock.ts";
import { Factory } from "../factory.ts";
import { leaveFactory, useFactory } from "../factory-use.ts";
import type { Wire } from "../net.ts";
import type { TransportLimits } from "../transport.ts";

/**
 * A factory around another one: extend it to add a policy to any factory. What it does not override, a refusal
 * included, is the inner factory's. One factory may be used both wrapped and plain; it is started once.
 */
export class FactoryWrapper<P extends object> extends Factory<P> {
  declare readonly limits?: Partial<TransportLimits>;

  /** The factory that it is around. */
  protected readonly inner: Factory<P>;

  constructor(inner: Factory<P>) {
    super();
    this.inner = inner;
    if (inner.limits) this.limits = inner.limits;
  }

  override startFactory(): Promise<void> {
    return useFactory(this.inner);
  }

  override async stopFactory(): Promise<void> {
    await leaveFactory(this.inner);
  }

  override wrapWire(wire: Wire, clock: Clock): Wire | Promise<Wire> {
    return this.inner.wrapWire(wire, clock);
  }

  override buildProtocol(address: Address): P | null {
    return this.inner.buildProtocol(address);
  }

  override beginHandshake(peer: Address | null): Disposable | null {
    return this.inner.beginHandshake(peer);
  }

  override connectionEnded(protocol: P): void {
    this.inner.connectionEnded(protocol);
  }
}

/** What a layered factory puts between each wire and its protocol. */
export type MakeLayer = (wire: Wire, clock: Clock) => Wire | Promise<Wire>;

class LayeredFactory<P extends object> extends FactoryWrapper<P> {
  readonly #makeLayer: MakeLayer;

  constructor(inner: Factory<P>, makeLayer: MakeLayer) {
    super(inner);
    this.#makeLayer = makeLayer;
  }

  override wrapWire(wire: Wire, clock: Clock): Wire | Promise<Wire> {
    const layer = this.#makeLayer(wire, clock);
    if (layer instanceof Promise) return layer.then((made) => super.wrapWire(made, clock));
    return super.wrapWire(layer, clock);
  }
}

/** The factory, with a layer under each of its connections; the outermost is nearest to the network. */
export function layered<P extends object>(factory: Factory<P>, makeLayer: MakeLayer): Factory<P> {
  return new LayeredFactory(factory, makeLayer);
}
