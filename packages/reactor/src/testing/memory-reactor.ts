import { Reactor, type ReactorOptions } from "../reactor.ts";
import { MemoryNetwork, type MemoryNetworkOptions } from "./memory-network.ts";
import { seededRandom } from "./seeded-random.ts";
import { VirtualClock } from "./virtual-clock.ts";

export type MemoryReactorOptions = Omit<MemoryNetworkOptions, "clock"> & Pick<ReactorOptions, "limits">;

/**
 * A reactor in a world of its own: a network in memory, time that passes when it is told to, chance from a seed. The
 * same seed makes the same world.
 *
 * ```ts
 * const reactor = new MemoryReactor({ seed: 7 });
 * await reactor.listen("tcp:1234", new EchoFactory());
 * const client = await reactor.clock.run(reactor.connect("tcp:1234", Factory.forProtocol(Recorder)));
 * client.transport.write("hello\r\n");
 * await reactor.clock.advance(100);
 * ```
 */
export class MemoryReactor extends Reactor {
  declare readonly clock: VirtualClock;
  readonly network: MemoryNetwork;

  constructor({ limits = {}, ...weather }: MemoryReactorOptions = {}) {
    const clock = new VirtualClock();
    const network = new MemoryNetwork({ ...weather, clock });
    super({ clock, net: network, random: seededRandom(weather.seed ?? 1), limits });
    this.network = network;
  }
}
