import { type Address, addressText, type TcpAddress, type UnixAddress } from "../address.ts";
import { asError } from "../as-error.ts";
import type { Clock } from "../clock.ts";
import type { DatagramEvents, DatagramSocket, UdpPlace } from "../datagrams/datagram-socket.ts";
import { AddressInUseError, CannotListenError, ConnectError } from "../errors.ts";
import type { Listener, ListenPlace, Net, Wire } from "../net.ts";
import { systemClock } from "../system-clock.ts";
import { MemoryDatagrams } from "./memory-datagrams.ts";
import { MemoryLink } from "./memory-link.ts";
import type { Weather } from "./memory-stream.ts";
import { between, seededRandom } from "./seeded-random.ts";

export interface MemoryNetworkOptions {
  /** The same seed makes the same cuts and delays. */
  readonly seed?: number;
  readonly clock?: Clock;
  readonly longestPieceBytes?: number;
  readonly windowBytes?: number;
  readonly delayMs?: readonly [least: number, most: number];
  /** How many of a hundred datagrams are lost, and how many arrive twice; delays make them overtake each other. */
  readonly lostPercent?: number;
  readonly doubledPercent?: number;
}

/**
 * A network in memory: bytes arrive in order, but cut and delayed as a seed pleases, and connections break where
 * a test says. A `Reactor` runs on it unchanged.
 *
 * ```ts
 * const network = new MemoryNetwork({ seed: 7, clock });
 * network.onLink = (link) => link.cutAfter("to-client", 100);
 * const reactor = new Reactor({ net: network, clock });
 * ```
 */
export class MemoryNetwork implements Net {
  /** Every connection that was made, in order. */
  readonly links: MemoryLink[] = [];

  /** Called with each new connection before its first byte. */
  onLink: (link: MemoryLink) => void = () => {};

  /** `refusing`: nobody listens anywhere. `silent`: attempts are never answered. */
  mood: "normal" | "refusing" | "silent" = "normal";

  readonly #weather: Weather;
  readonly #datagrams: MemoryDatagrams;
  readonly #listeners = new Map<string, (wire: Wire) => void>();
  #nextPort = 49_152;

  constructor({
    seed = 1,
    clock = systemClock,
    longestPieceBytes = 1_460,
    windowBytes = 65_536,
    delayMs = [0, 5],
    lostPercent = 0,
    doubledPercent = 0,
  }: MemoryNetworkOptions = {}) {
    const random = seededRandom(seed);
    this.#weather = { clock, random, longestPieceBytes, windowBytes, delayMs };
    this.#datagrams = new MemoryDatagrams({ clock, random, delayMs, lostPercent, doubledPercent });
  }

  listen(place: ListenPlace, accept: (wire: Wire) => void): Promise<Listener> {
    if (place.kind !== "tcp" && place.kind !== "unix") {
      return Promise.reject(new CannotListenError(`Cannot listen on ${place.kind}: there is none in memory`));
    }
    const address = this.#addressFor(place);
    const key = addressText(address);
    if (this.#listeners.has(key)) {
      return Promise.reject(new AddressInUseError(`Cannot listen on ${key}: another program is using it`));
    }
    this.#listeners.set(key, accept);
    const close = () => {
      this.#listeners.delete(key);
      return Promise.resolve();
    };
    return Promise.resolve({ address, close });
  }

  connect(address: Address, signal: AbortSignal): Promise<Wire> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const answer = this.#weather.clock.callLater(this.#delayMs(), () => {
        if (this.mood === "silent") return;
        signal.removeEventListener("abort", giveUp);
        const accept = this.mood === "normal" ? this.#listeners.get(addressText(address)) : undefined;
        if (!accept) return reject(refused(address));
        const link = this.#link(address);
        accept(link.server);
        resolve(link.client);
      });
      const giveUp = () => {
        answer.cancel();
        reject(asError(signal.reason));
      };
      signal.addEventListener("abort", giveUp);
    });
  }

  bindUDP(place: UdpPlace, events: DatagramEvents): Promise<DatagramSocket> {
    return this.#datagrams.bind({ ...place, port: place.port || this.#nextPort++ }, events);
  }

  #link(address: Address): MemoryLink {
    const client: Address =
      address.kind === "tcp" ? { ...address, port: this.#nextPort++ } : { kind: "unix", path: "" };
    const link = new MemoryLink(this.#weather, client, address);
    this.links.push(link);
    this.onLink(link);
    return link;
  }

  #addressFor(place: TcpAddress | UnixAddress): Address {
    if (place.kind === "unix") return { kind: "unix", path: place.path };
    return { kind: "tcp", host: place.host, port: place.port || this.#nextPort++ };
  }

  #delayMs(): number {
    return between(this.#weather.random, ...this.#weather.delayMs);
  }
}

function refused(address: Address): ConnectError {
  return new ConnectError(address, "nobody is listening there", { kind: "refused", by: "peer" });
}
