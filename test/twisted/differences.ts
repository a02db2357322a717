import type { Case, ReceiverName, Trace } from "./case.ts";

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

export const differences: readonly Difference[] = [
  {
    name: "LineOnlyReceiver delivers a line of exactly the greatest length when its CR LF is cut in two",
    why: "Twisted counts the CR and closes; whether a line is too long must not depend on how the network cuts",
    vectors: [
      {
        case: of("LineOnlyReceiver", 5, "hello\r", "\n"),
        twisted: [["too-long"], ["close"]],
        ours: [["line", "hello"]],
      },
    ],
  },
  {
    name: "LineReceiver complains of a line as soon as it is too long",
    why: "Twisted waits until it is longer by the length of its end, though nothing can make it shorter",
    vectors: [
      {
        case: of("LineReceiver", 5, "xxxxxx"),
        twisted: [["rest", "xxxxxx"]],
        ours: [["too-long"], ["close"]],
      },
      {
        case: of("LineReceiver", 5, "xxxxx\r"),
        twisted: [["rest", "xxxxx\r"]],
        ours: [],
      },
    ],
  },
  {
    name: "Nothing counts that follows the message that closed",
    why: "Twisted goes on to the end of the packet, but not to the end of what was sent",
    vectors: [
      {
        case: of("LineOnlyReceiver", 5, "quit\r\nxxxxxx"),
        twisted: [["line", "quit"], ["close"], ["too-long"]],
        ours: [["line", "quit"], ["close"]],
      },
      {
        case: of("NetstringReceiver", 9, "4:quit,4:late,"),
        twisted: [["string", "quit"], ["close"], ["string", "late"]],
        ours: [["string", "quit"], ["close"]],
      },
      {
        case: of("Int16StringReceiver", 9, "\0\u0004quit\0\u0004late"),
        twisted: [["string", "quit"], ["close"], ["string", "late"]],
        ours: [["string", "quit"], ["close"]],
      },
    ],
  },
  {
    name: "A line that is too long is skipped, once, when the protocol does not close",
    why: "Twisted loses the other lines of that packet, and may complain again for each packet until the line ends",
    vectors: [
      {
        case: keptOpen("LineOnlyReceiver", "much too long\r\nhello\r\n", "bye now\r\n"),
        twisted: [["too-long"], ["line", "bye now"]],
        ours: [["too-long"], ["line", "hello"], ["line", "bye now"]],
      },
      {
        case: keptOpen("LineOnlyReceiver", "much too long", " and more", "\r\nhello\r\n"),
        twisted: [["too-long"], ["too-long"], ["too-long"]],
        ours: [["too-long"], ["line", "hello"]],
      },
      {
        case: keptOpen("LineReceiver", "much too long\r\nhello\r\n", "bye now\r\n"),
        twisted: [["too-long"], ["line", "bye now"]],
        ours: [["too-long"], ["line", "hello"], ["line", "bye now"]],
      },
      {
        case: keptOpen("LineReceiver", "much too long", " x\r\nhello\r\n"),
        twisted: [["too-long"], ["line", " x"], ["line", "hello"]],
        ours: [["too-long"], ["line", "hello"]],
      },
    ],
  },
  {
    name: "After a string that is too long nothing is delivered, even if the protocol does not close",
    why: "Twisted delivers again, with every packet, the strings before it",
    vectors: [
      {
        case: keptOpen("Int8StringReceiver", "\u0001a\u0009", "b"),
        twisted: [
          ["string", "a"],
          ["too-long", "9"],
          ["string", "a"],
          ["too-long", "9"],
        ],
        ours: [
          ["string", "a"],
          ["too-long", "9"],
        ],
      },
    ],
  },
  {
    name: "A netstring's length that is followed by LF is refused at once",
    why: "The pattern of Twisted takes an LF at the end for the end, until the next byte comes",
    vectors: [
      {
        case: of("NetstringReceiver", 9, "5\n"),
        twisted: [["rest", "5\n"]],
        ours: [["close"]],
      },
      {
        case: of("NetstringReceiver", 9, "5\n", ":"),
        twisted: [["close"]],
        ours: [["close"]],
      },
    ],
  },
  {
    name: "A netstring that is longer than what is taken is not sent",
    why: "Twisted sends it, and a peer with the same limit closes",
    vectors: [
      {
        case: of("NetstringReceiver", 6, "6:long 9,"),
        twisted: [
          ["string", "long 9"],
          ["write", "9:xxxxxxxxx,"],
        ],
        ours: [["string", "long 9"], ["refused"]],
      },
    ],
  },
  {
    name: "A box that is longer than is taken ends the connection while it arrives",
    why: "Twisted keeps all that comes until the box ends, and a box need never end; many small values count too",
    vectors: [
      {
        case: of("BinaryBoxProtocol", 99, `\0\u{1}a\0\u{28}${"x".repeat(40)}`, "\0\0"),
        twisted: [["box", "a", "x".repeat(40)]],
        ours: [["close"]],
      },
      {
        case: of("BinaryBoxProtocol", 99, "\0\u{1}a\0\0", "\0\u{1}b\0\0", "\0\0"),
        twisted: [["box", "a", "", "b", ""]],
        ours: [["close"]],
      },
    ],
  },
  {
    name: "Lines are text, and one that is no UTF-8 is told apart",
    why: "Twisted gives bytes, and the protocol that decodes them carelessly loses its connection",
    vectors: [
      {
        case: of("LineOnlyReceiver", 8, "caff\u{c3}", "\u{a8}\r\ncaff\u{e8}\r\n"),
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
        case: of("LineOnlyReceiver", 8, "bye\r\n"),
        twisted: [["line", "bye"], ["close"], ["write", "no\r\n"]],
        ours: [["line", "bye"], ["close"]],
      },
    ],
  },
];

function of(receiver: ReceiverName, maxLength: number, ...chunks: string[]): Case {
  return { receiver, settings: { maxLength }, chunks };
}

function keptOpen(receiver: ReceiverName, ...chunks: string[]): Case {
  return { receiver, settings: { maxLength: 8, keepsOpen: true }, chunks };
}
