import type { Address } from "../address.ts";
import type { Clock } from "../clock.ts";
import { ProtocolError } from "../errors.ts";
import type { Factory } from "../factory.ts";
import type { Wire } from "../net.ts";
import { reportRefusal } from "../report-refusal.ts";
import { FactoryWrapper } from "./factory-wrapper.ts";

/** Makes a layer, which takes as long as the peer likes. */
type ShakeHands = (wire: Wire, clock: Clock) => Promise<Wire>;

class HandshakeFactory<P extends object> extends FactoryWrapper<P> {
  readonly #shakeHands: ShakeHands;
  readonly #peerOf: (wire: Wire) => Address | null;

  constructor(inner: Factory<P>, shakeHands: ShakeHands, peerOf: (wire: Wire) => Address | null) {
    super(inner);
    this.#shakeHands = shakeHands;
    this.#peerOf = peerOf;
  }

  override async wrapWire(wire: Wire, clock: Clock): Promise<Wire> {
    return super.wrapWire(await this.#secured(wire, clock), clock);
  }

  async #secured(wire: Wire, clock: Clock): Promise<Wire> {
    using handshake = this.inner.beginHandshake(this.#peerOf(wire));
    if (handshake) return await this.#shakeHands(wire, clock);
    reportRefusal({ peer: wire.peer, why: "there are too many handshakes already" });
    throw new ProtocolError("Cannot take the connection: there are too many handshakes already");
  }
}

/**
 * The factory, with a handshake under each of the connections that it accepts; the factory may bound how many there are
 * at a time (`beginHandshake`). `peerOf` is who the peer is as far as is known before it.
 */
export function shakingHands<P extends object>(
  factory: Factory<P>,
  shakeHands: ShakeHands,
  peerOf: (wire: Wire) => Address | null = ({ peer }) => peer,
): Factory<P> {
  return new HandshakeFactory(factory, shakeHands, peerOf);
}
