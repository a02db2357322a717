import type { Address } from "../address.ts";
import { MemoryStream, type Weather } from "./memory-stream.ts";
import { MemoryWire } from "./memory-wire.ts";

export type Direction = "to-server" | "to-client";

/** `reset`: both ends learn it. `silence`: nobody does; the connection is half-open for ever. */
export type Cut = "reset" | "silence";

/** One connection in memory, seen from above: here a test breaks it. */
export class MemoryLink {
  readonly client: MemoryWire;
  readonly server: MemoryWire;
  readonly #weather: Weather;
  readonly #streams: Record<Direction, MemoryStream>;

  constructor(weather: Weather, clientAddress: Address, serverAddress: Address) {
    this.#weather = weather;
    const toServer = new MemoryStream(weather);
    const toClient = new MemoryStream(weather);
    this.#streams = { "to-server": toServer, "to-client": toClient };
    this.client = new MemoryWire({
      host: clientAddress,
      peer: serverAddress,
      clock: weather.clock,
      outgoing: toServer,
      incoming: toClient,
      sendReset: () => this.#soon(() => this.server.resetArrived()),
    });
    this.server = new MemoryWire({
      host: serverAddress,
      peer: clientAddress,
      clock: weather.clock,
      outgoing: toClient,
      incoming: toServer,
      sendReset: () => this.#soon(() => this.client.resetArrived()),
    });
  }

  /** Cuts the connection; what is under way is lost, what has arrived and is unread too. */
  reset(): void {
    this.silence();
    this.client.resetArrived();
    this.server.resetArrived();
  }

  /** From now on nothing arrives, in either direction, and nobody is told. */
  silence(): void {
    this.#streams["to-server"].die();
    this.#streams["to-client"].die();
  }

  /** Holds what is under way, in both directions, until `resume`: a network that is stuck, not broken. */
  pause(): void {
    this.#streams["to-server"].hold();
    this.#streams["to-client"].hold();
  }

  resume(): void {
    this.#streams["to-server"].release();
    this.#streams["to-client"].release();
  }

  /** Cuts the connection when `bytes` have arrived in this direction, counted from its beginning. */
  cutAfter(direction: Direction, bytes: number, cut: Cut = "reset"): void {
    this.#streams[direction].limit(bytes, () => (cut === "reset" ? this.reset() : this.silence()));
  }

  #soon(fn: () => void): void {
    this.#weather.clock.callLater(this.#weather.delayMs[0], fn);
  }
}
