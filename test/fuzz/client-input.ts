/** What is done to a client by the station that it is connected to: an input of the fuzzer. */
import type { Chance } from "./chance.ts";
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

const goodbyes = ["closing", "idle", "replaced", "auth-failed", "version", "kicked", "", "__proto__"];

const event = (seq: string): string =>
  `{"jsonrpc":"2.0","method":"event","params":{"seq":${seq},"at":"","type":"job.ended","job":"j_1","body":{}}}`;

/** What no station says, or not there. */
const oddSayings: readonly string[] = [
  ...goodbyes.map((reason) => `{"jsonrpc":"2.0","method":"goodbye","params":{"reason":"${reason}"}}`),
  '{"jsonrpc":"2.0","method":"goodbye"}',
  '{"jsonrpc":"2.0","method":"station.greet","params":{"proto":[1],"station":"other","auth":["token"]}}',
  '{"jsonrpc":"2.0","id":1,"result":{}}',
  '{"jsonrpc":"2.0","id":1,"result":{"epoch":1,"seq":"x","role":null,"station":[]}}',
  '{"jsonrpc":"2.0","id":1,"error":{"code":-32003,"message":"","data":{"code":"DENIED","final":true}}}',
  '{"jsonrpc":"2.0","id":1,"error":{"code":-32004,"message":"","data":{"code":"VERSION","final":true}}}',
  '{"jsonrpc":"2.0","id":2,"result":{}}',
  '{"jsonrpc":"2.0","id":3,"result":{"job":null}}',
  '{"jsonrpc":"2.0","id":9999,"result":{}}',
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"","data":{"code":"PARSE_ERROR","final":true}}}',
  '{"jsonrpc":"2.0","id":2,"error":{"code":-32020,"message":"","data":{"code":"UNAVAILABLE","final":false}}}',
  '{"jsonrpc":"2.0","id":2,"error":{"code":1,"message":"","data":{"code":"constructor","final":true,"__proto__":{}}}}',
  '{"jsonrpc":"2.0","id":5,"method":"who.are.you","params":{}}',
  ...[
    "0",
    "1",
    "2",
    "5",
    "99",
    "-1",
    "1.5",
    '"3"',
    "null",
    "1e999",
    "9007199254740993",
    "{}",
    "[3]",
    "true",
  ].map(event),
  '{"jsonrpc":"2.0","method":"event","params":{}}',
  '{"jsonrpc":"2.0","method":"snapshot.begin","params":{}}',
  '{"jsonrpc":"2.0","method":"snapshot.item","params":{"kind":"job","id":"j_1","ended":true,"item":null}}',
  '{"jsonrpc":"2.0","method":"snapshot.item","params":{"kind":7}}',
  '{"jsonrpc":"2.0","method":"snapshot.end","params":{}}',
  '{"jsonrpc":"2.0","method":"snapshot.end","params":{"seq":2}}',
  '{"jsonrpc":"2.0","method":"snapshot.end","params":{"seq":"2"}}',
  '{"jsonrpc":"2.0","method":"snapshot.end","params":{"seq":1e999}}',
  '{"jsonrpc":"2.0","method":"progress","params":{"job":{"toString":1}}}',
  '{"jsonrpc":"2.0","method":"progress","params":{"__proto__":{"polluted":true}}}',
  '{"jsonrpc":"2.0","method":"__proto__","params":{"constructor":{"prototype":{"polluted":true}}}}',
  ...["{", "[]", "null", " ", "\r", "\ufeff{}", "\u0000", "HTTP/1.1 400 Bad Request", "[".repeat(5_000)],
];

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
