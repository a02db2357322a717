/** What is done to a client by the station that it is connected to: an input of the fuzzer. */
import type { Chance } from "./chance.ts";
import { oddSayings } from "./odd-sayings.ts";
import type { Leaving } from "./station-input.ts";

/** What becomes of one line that the station says. */
export type Change =
  | { readonly how: "after the next" }
  | { readonly how: "lost" | "twice" }
  /** Only so many of its bytes, in thousandths, arrive; then the connection ends. */
  | { readonly how: "cut"; readonly thousandths: number }
  /** Some of its bytes, or one of its places, are others; which ones follows from the seed. */
  | { readonly how: "bytes" | "place"; readonly seed: number }
  | { readonly how: "lengthened"; readonly bytes: number }
  /** Something else is said before it. */
  | { readonly how: "preceded"; readonly line: string };

export interface ClientInput {
  readonly end: "client";
  /** What the client's user asks for. */
  readonly asks: readonly ("query" | "command" | "operation")[];
  /** How many events the station has already. */
  readonly events: number;
  /** By the number of the line, counted over all connections; a line without one arrives as it is. */
  readonly changes: readonly (readonly [line: number, change: Change])[];
  /** How the first connection ends when all is said, and each one on which something was changed. */
  readonly leaving: Leaving;
  /** In pieces of how many bytes all arrives. */
  readonly pieceBytes: number;
}

/** The input of one execution. */
export function clientInput(chance: Chance): ClientInput {
  return {
    end: "client",
    asks: Array.from({ length: chance.below(4) }, () =>
      chance.pick(["query", "command", "operation"] as const),
    ),
    events: chance.below(4),
    changes: Array.from(
      { length: chance.pick([0, 1, 1, 1, 2, 3]) },
      () => [chance.below(16), change(chance)] as const,
    ),
    leaving: chance.weighed([
      [6, "fin"],
      [4, "reset"],
      [1, "silence"],
    ] as const),
    pieceBytes: chance.weighed([
      [6, 1_000_000],
      [1, 1],
      [1, 7],
      [1, 100],
    ]),
  };
}

function change(chance: Chance): Change {
  const seed = chance.below(2 ** 31);
  return chance.weighed<Change>([
    [2, { how: "lost" }],
    [2, { how: "twice" }],
    [2, { how: "after the next" }],
    [4, { how: "cut", thousandths: chance.below(1_001) }],
    [6, { how: "bytes", seed }],
    [6, { how: "place", seed }],
    [6, { how: "preceded", line: chance.pick(oddSayings) }],
    chance.oneIn(100)
      ? [
          1,
          {
            how: "lengthened",
            bytes: chance.pick([65_536, 4 * 1_048_576 - 1, 4 * 1_048_576, 4 * 1_048_576 + 1]),
          },
        ]
      : [1, { how: "twice" }],
  ]);
}
