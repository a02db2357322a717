/** A network whose other ends are all in the fuzzer's hand. */
import {
  ConnectError,
  type Address,
  type Listener,
  type ListenPlace,
  type Net,
  type Wire,
} from "@trofie/reactor";
import { HandWire } from "./hand-wire.ts";

export class HandNet implements Net {
  /** Called with each connection that our code makes; false refuses it. */
  onConnect: (wire: HandWire) => boolean = () => false;
  #accept: ((wire: Wire) => void) | undefined;

  /** Connects to whoever of our code listens. */
  dial(): HandWire {
    const wire = new HandWire();
    this.#accept!(wire);
    return wire;
  }

  async listen(_place: ListenPlace, accept: (wire: Wire) => void): Promise<Listener> {
    this.#accept = accept;
    return { address: { kind: "tcp", host: "127.0.0.1", port: 2 }, close: async () => {} };
  }

  async connect(address: Address): Promise<Wire> {
    const wire = new HandWire();
    if (this.onConnect(wire)) return wire;
    throw new ConnectError(address, "nobody is listening there", { kind: "refused", by: "peer" });
  }

  bindUDP(): Promise<never> {
    return Promise.reject(new Error("Cannot bind UDP: there is none here"));
  }
}
