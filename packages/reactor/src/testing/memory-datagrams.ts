import type { Clock } from "../clock.ts";
import type { DatagramEvents, DatagramSocket, UdpAddress, UdpPlace } from "../datagrams/datagram-socket.ts";
import { AddressInUseError } from "../errors.ts";
import type { Random } from "../random.ts";
import { between } from "./seeded-random.ts";

/** What becomes of datagrams under way; each has its own delay, so they overtake one another. */
export interface DatagramWeather {
  readonly clock: Clock;
  readonly random: Random;
  readonly delayMs: readonly [least: number, most: number];
  /** How many of a hundred are lost, and how many arrive twice. */
  readonly lostPercent: number;
  readonly doubledPercent: number;
}

/** The UDP ports of a network in memory. */
export class MemoryDatagrams {
  readonly #weather: DatagramWeather;
  readonly #bound = new Map<string, MemorySocket>();

  constructor(weather: DatagramWeather) {
    this.#weather = weather;
  }

  bind({ host, port }: UdpPlace, events: DatagramEvents): Promise<DatagramSocket> {
    const address: UdpAddress = { kind: "udp", host, port };
    const key = keyOf(address);
    if (this.#bound.has(key)) {
      return Promise.reject(
        new AddressInUseError(`Cannot listen on udp ${key}: another program is using it`),
      );
    }
    const socket = new MemorySocket(address, events, {
      carry: (bytes, to) => this.#carry(bytes, socket, to),
      closed: () => void this.#bound.delete(key),
    });
    this.#bound.set(key, socket);
    return Promise.resolve(socket);
  }

  #carry(bytes: Uint8Array, from: MemorySocket, to: UdpAddress): void {
    const { random, lostPercent, doubledPercent } = this.#weather;
    if (between(random, 0, 99) < lostPercent) return;
    this.#deliverLater(bytes, from, to);
    if (between(random, 0, 99) < doubledPercent) this.#deliverLater(bytes, from, to);
  }

  #deliverLater(bytes: Uint8Array, from: MemorySocket, to: UdpAddress): void {
    const { clock, random, delayMs } = this.#weather;
    clock.callLater(between(random, ...delayMs), () => {
      const receiver = this.#bound.get(keyOf(to));
      if (receiver) receiver.deliver(bytes, from.address);
      else from.nobodyThere(to);
    });
  }
}

interface Ways {
  carry(bytes: Uint8Array, to: UdpAddress): void;
  closed(): void;
}

class MemorySocket implements DatagramSocket {
  readonly address: UdpAddress;
  readonly #events: DatagramEvents;
  readonly #ways: Ways;
  #peer: UdpAddress | undefined;

  constructor(address: UdpAddress, events: DatagramEvents, ways: Ways) {
    this.address = address;
    this.#events = events;
    this.#ways = ways;
  }

  async send(bytes: Uint8Array, to: UdpAddress | undefined): Promise<void> {
    const where = to ?? this.#peer;
    if (!where) throw new TypeError("Cannot send: no address is given, and the port is not connected");
    this.#ways.carry(new Uint8Array(bytes), where);
  }

  async connect(to: UdpAddress): Promise<void> {
    this.#peer = to;
  }

  async close(): Promise<void> {
    this.#ways.closed();
  }

  /** A connected port hears its peer only. */
  deliver(bytes: Uint8Array, from: UdpAddress): void {
    if (!this.#peer || keyOf(this.#peer) === keyOf(from)) this.#events.received(bytes, from);
  }

  nobodyThere(to: UdpAddress): void {
    if (this.#peer && keyOf(this.#peer) === keyOf(to)) this.#events.refused();
  }
}

function keyOf({ host, port }: UdpAddress): string {
  return `${host}:${port}`;
}
