/** A line that carries so many bytes a second from the station, steadily; the other way it is as wide as one likes. */
import type { Channel, Receiver } from "../channel.ts";
import type { Bakery } from "./bakery.ts";

const tickMs = 100;

export class NarrowLine {
  connections = 0;
  readonly #bakery: Bakery;
  readonly #bytesPerTick: number;

  constructor(bakery: Bakery, bytesPerSecond: number) {
    this.#bakery = bakery;
    this.#bytesPerTick = (bytesPerSecond * tickMs) / 1000;
  }

  async connect(client: Receiver): Promise<Channel> {
    this.connections += 1;
    const { clock, server } = this.#bakery;
    const station = server.accept({
      name: "key",
      authenticate: () => ({ principal: "baker", role: "admin" }),
    });
    const closed = Promise.withResolvers<string>();
    const underWay: { readonly message: string; leftBytes: number }[] = [];
    let bufferedBytes = 0;
    let mayBytes = 0;
    let isOver = false;
    const end = (reason: string): void => {
      if (isOver) return;
      isOver = true;
      closed.resolve(reason);
      client.channelLost(reason);
      station.channelLost();
    };
    /** False when it has all arrived, or may not yet. */
    const carry = (): boolean => {
      const [first] = underWay;
      if (first === undefined || mayBytes === 0 || isOver) return false;
      const bytes = Math.min(mayBytes, first.leftBytes);
      first.leftBytes -= bytes;
      bufferedBytes -= bytes;
      mayBytes -= bytes;
      client.bytesReceived?.();
      if (first.leftBytes === 0) void client.messageReceived(underWay.shift()!.message);
      return true;
    };
    const tick = (): void => {
      mayBytes = this.#bytesPerTick;
      while (carry());
      if (bufferedBytes === 0) station.channelDrained();
      if (!isOver) clock.callLater(tickMs, tick);
    };
    const ofStation: Channel = {
      get bufferedBytes() {
        return bufferedBytes;
      },
      closed: closed.promise,
      send: (message) => {
        underWay.push({ message, leftBytes: message.length + 1 });
        bufferedBytes += message.length + 1;
      },
      close: () => end("the station closed it"),
      abort: () => end("the station cut it"),
    };
    const ofClient: Channel = {
      bufferedBytes: 0,
      closed: closed.promise,
      send: (message) => void clock.callLater(1, () => isOver || void station.messageReceived(message)),
      close: () => end("the client closed it"),
      abort: () => end("the client cut it"),
    };
    client.channelOpened(ofClient);
    station.channelOpened(ofStation);
    tick();
    return ofClient;
  }
}
