/** Changes the toxics of a proxy again and again, as a seed pleases. */
import type { Random } from "@trofie/reactor";
import { seededRandom } from "@trofie/reactor/testing";
import type { ChaosProxy } from "./chaos-proxy.ts";
import { ways, type Toxics } from "./toxics.ts";

type Chance = (below: number) => number;

/** Each makes the toxics of one way. */
const toxics: Readonly<Record<string, (chance: Chance) => Toxics>> = {
  calm: () => ({}),
  slow: (chance) => ({ latency: { delayMs: chance(20), jitterMs: chance(30) } }),
  sliced: (chance) => ({ slicer: { pieceBytes: 1 + chance(40) }, latency: { delayMs: 1, jitterMs: 2 } }),
  narrow: (chance) => ({ bandwidth: { bytesPerSecond: 2_000 + chance(50_000) } }),
  "cut off": (chance) => ({ cut: { afterBytes: chance(5_000), how: "end" } }),
  broken: (chance) => ({ cut: { afterBytes: chance(5_000), how: "reset" } }),
  "silently broken": (chance) => ({ cut: { afterBytes: chance(5_000), how: "silence" } }),
  swallowed: () => ({ blackHole: "swallowed" }),
  stuck: () => ({ blackHole: "stuck" }),
  lingering: (chance) => ({ slowClose: { delayMs: chance(100) } }),
};

/** Each happens to all connections that are there. */
const blows: Readonly<Record<string, (proxy: ChaosProxy) => void | Promise<void>>> = {
  reset: (proxy) => proxy.reset(),
  "the client is gone": (proxy) => proxy.halfOpen("client"),
  "the server is gone": (proxy) => proxy.halfOpen("server"),
  refuses: (proxy) => proxy.setDoor("refuses"),
  resets: (proxy) => proxy.setDoor("resets"),
};

export class Weather {
  /** What there was so far, by name. */
  readonly seen = new Set<string>();
  readonly #proxy: ChaosProxy;
  readonly #random: Random;

  constructor(proxy: ChaosProxy, seed: number) {
    this.#proxy = proxy;
    this.#random = seededRandom(seed);
  }

  /** Every kind of weather that there can be. */
  static get kinds(): string[] {
    return [...Object.keys(toxics), ...Object.keys(blows)];
  }

  /** Other weather, until it is called again. */
  async change(): Promise<void> {
    await this.#proxy.setDoor("open");
    for (const way of ways)
      this.#proxy.set(
        way,
        this.#pick(toxics)((below) => this.#below(below)),
      );
    if (this.#below(3) === 0) await this.#pick(blows)(this.#proxy);
  }

  #pick<T>(kinds: Readonly<Record<string, T>>): T {
    const names = Object.keys(kinds);
    const name = names[this.#below(names.length)]!;
    this.seen.add(name);
    return kinds[name]!;
  }

  #below(count: number): number {
    return Math.floor(this.#random.number() * count);
  }
}
