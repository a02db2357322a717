import type { Address } from "../address.ts";
import type { Factory } from "../factory.ts";
import { FactoryWrapper } from "../layers/factory-wrapper.ts";
import { Protocol } from "../protocol.ts";
import { reportRefusal } from "../report-refusal.ts";
import { peerKey } from "./peer-key.ts";

/** How many connections are taken; one that is closing counts until its end. */
export interface ConnectionLimits {
  /** How many connections of this factory may be alive at a time. */
  readonly total?: number;
  /** How many of them one peer may have: an IPv4 address, the /64 of an IPv6 address. UNIX sockets are one peer. */
  readonly perPeer?: number;
  /** What is written to a peer that is refused, before it is closed: a polite word in the port's own language. */
  readonly refusal?: string | Uint8Array;
}

/** The factory, for so many connections and no more; those beyond are refused. */
export function limitConnections<P extends Protocol<object>>(
  factory: Factory<P>,
  limits: ConnectionLimits,
): Factory<P> {
  return new LimitedFactory(factory, limits);
}

class LimitedFactory<P extends Protocol<object>> extends FactoryWrapper<P> {
  readonly #limits: ConnectionLimits;
  readonly #peers = new Map<P, string>();
  readonly #counts = new Map<string, number>();

  constructor(inner: Factory<P>, limits: ConnectionLimits) {
    super(inner);
    this.#limits = limits;
  }

  override buildProtocol(address: Address): P | null {
    const key = peerKey(address);
    const why = this.#whyNot(key);
    if (why) return this.#refuse(address, why);
    const protocol = super.buildProtocol(address);
    if (protocol) this.#count(protocol, key);
    return protocol;
  }

  override connectionEnded(protocol: P): void {
    const key = this.#peers.get(protocol);
    if (key === undefined) return;
    this.#peers.delete(protocol);
    const count = this.#counts.get(key)! - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
    super.connectionEnded(protocol);
  }

  #whyNot(key: string): string | undefined {
    const { total = Infinity, perPeer = Infinity } = this.#limits;
    if (this.#peers.size >= total) return `there are ${total} connections already`;
    if ((this.#counts.get(key) ?? 0) >= perPeer) return `${key} has ${perPeer} connections already`;
    return undefined;
  }

  #count(protocol: P, key: string): void {
    this.#peers.set(protocol, key);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  #refuse(peer: Address, why: string): P {
    reportRefusal({ peer, why });
    // Nobody but the reactor ever sees it, and the reactor asks no more of a protocol than this.
    return new Refusing(this.#limits.refusal) as Protocol<object> as P;
  }
}

/** Says why not, if there is anything to say, and closes. */
class Refusing extends Protocol<object> {
  readonly #refusal: string | Uint8Array;

  constructor(refusal: string | Uint8Array = "") {
    super();
    this.#refusal = refusal;
  }

  override connectionMade(): void {
    this.transport.write(this.#refusal);
    void this.transport.loseConnection();
  }
}
