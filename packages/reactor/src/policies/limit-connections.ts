import type { Address } from "../address.ts";
import type { Factory } from "../factory.ts";
import { checkNumber } from "../check-number.ts";
import { FactoryWrapper } from "../layers/factory-wrapper.ts";
import { Protocol } from "../protocol.ts";
import { reportRefusal } from "../report-refusal.ts";
import { peerKey } from "./peer-key.ts";

/**
 * How many connections are taken; one that is closing counts until its end. As many again may be in their handshake
 * (TLS, PROXY); beyond that they are cut without a word.
 */
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
  const { total, perPeer } = limits;
  checkNumber("limit connections", { total, perPeer }, (value) => value >= 0);
  return new LimitedFactory(factory, limits);
}

class LimitedFactory<P extends Protocol<object>> extends FactoryWrapper<P> {
  readonly #total: number;
  readonly #perPeer: number;
  readonly #refusal: string | Uint8Array | undefined;
  readonly #keys = new Map<P, string>();
  readonly #connections = new PeerCounts();
  readonly #handshakes = new PeerCounts();

  constructor(inner: Factory<P>, { total = Infinity, perPeer = Infinity, refusal }: ConnectionLimits) {
    super(inner);
    this.#total = total;
    this.#perPeer = perPeer;
    this.#refusal = refusal;
  }

  override beginHandshake(peer: Address | null): Disposable | null {
    const key = peer ? peerKey(peer) : "";
    if (this.#handshakes.total >= this.#total) return null;
    if (peer && this.#handshakes.of(key) >= this.#perPeer) return null;
    const inner = super.beginHandshake(peer);
    if (!inner) return null;
    this.#handshakes.add(key, 1);
    return {
      [Symbol.dispose]: () => {
        this.#handshakes.add(key, -1);
        inner[Symbol.dispose]();
      },
    };
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
    const key = this.#keys.get(protocol);
    if (key === undefined) return;
    this.#keys.delete(protocol);
    this.#connections.add(key, -1);
    super.connectionEnded(protocol);
  }

  #whyNot(key: string): string | undefined {
    if (this.#connections.total >= this.#total) return `there are ${this.#total} connections already`;
    if (this.#connections.of(key) >= this.#perPeer) return `${key} has ${this.#perPeer} connections already`;
    return undefined;
  }

  #count(protocol: P, key: string): void {
    this.#keys.set(protocol, key);
    this.#connections.add(key, 1);
  }

  #refuse(peer: Address, why: string): P {
    reportRefusal({ peer, why });
    // Nobody but the reactor ever sees it, and the reactor asks no more of a protocol than this.
    return new Refusing(this.#refusal) as Protocol<object> as P;
  }
}

/** How many there are, and how many of them each peer has. */
class PeerCounts {
  readonly #counts = new Map<string, number>();
  total = 0;

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string, change: 1 | -1): void {
    this.total += change;
    const count = this.of(key) + change;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
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
