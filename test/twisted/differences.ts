import type { Case, Trace } from "./case.ts";

/** Where ours differs from Twisted's on purpose, with streams that show it. `reference.ts` allows for these only. */
export interface Difference {
  readonly name: string;
  readonly why: string;
  readonly vectors: readonly Vector[];
}

export interface Vector {
  readonly case: Case;
  readonly twisted: Trace;
  readonly ours: Trace;
}

const lineOnly = (maxLength: number, ...chunks: string[]): Case => ({
  receiver: "LineOnlyReceiver",
  settings: { maxLength },
  chunks,
});

const lineOnlyKeptOpen = (...chunks: string[]): Case => ({
  receiver: "LineOnlyReceiver",
  settings: { maxLength: 8, keepsOpen: true },
  chunks,
});

export const differences: readonly Difference[] = [
  {
    name: "LineOnlyReceiver delivers a line of exactly the greatest length when its CR LF is cut in two",
    why: "Twisted counts the CR and closes; whether a line is too long must not depend on how the network cuts",
    vectors: [
      {
        case: lineOnly(5, "hello\r", "\n"),
        twisted: [["too-long"], ["close"]],
        ours: [["line", "hello"]],
      },
    ],
  },
  {
    name: "LineOnlyReceiver does not complain of what follows the line that closed",
    why: "Twisted looks at the length of what is left, though nobody will read it",
    vectors: [
      {
        case: lineOnly(5, "quit\r\nxxxxxx"),
        twisted: [["line", "quit"], ["close"], ["too-long"]],
        ours: [["line", "quit"], ["close"]],
      },
    ],
  },
  {
    name: "LineOnlyReceiver goes on with the next line after one that is too long, when it is told not to close",
    why: "Twisted loses the other lines of that packet, and complains again for each packet until the line ends",
    vectors: [
      {
        case: lineOnlyKeptOpen("much too long\r\nhello\r\n", "bye now\r\n"),
        twisted: [["too-long"], ["line", "bye now"]],
        ours: [["too-long"], ["line", "hello"], ["line", "bye now"]],
      },
      {
        case: lineOnlyKeptOpen("much too long", " and more", "\r\nhello\r\n"),
        twisted: [["too-long"], ["too-long"], ["too-long"]],
        ours: [["too-long"], ["line", "hello"]],
      },
    ],
  },
  {
    name: "LineOnlyReceiver gives text, and says which line is no UTF-8",
    why: "Twisted gives bytes, and the protocol that decodes them carelessly loses its connection",
    vectors: [
      {
        case: lineOnly(8, "caff\u{c3}", "\u{a8}\r\ncaff\u{e8}\r\n"),
        twisted: [
          ["line", "caff\u{c3}\u{a8}"],
          ["line", "caff\u{e8}"],
        ],
        ours: [
          ["line", "caff\u{c3}\u{a8}"],
          ["undecodable", "caff\u{e8}"],
        ],
      },
    ],
  },
  {
    name: "Nothing can be written once it closes",
    why: "Twisted sends it on TCP and drops it on TLS; ours throws, so that the protocol knows",
    vectors: [
      {
        case: lineOnly(8, "bye\r\n"),
        twisted: [["line", "bye"], ["close"], ["write", "too late\r\n"]],
        ours: [["line", "bye"], ["close"]],
      },
    ],
  },
];
