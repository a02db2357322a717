/** Values that have broken programs before, as JSON says them. Some of them no JSON may say. */

const deep = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + "1" + close.repeat(levels);

export const oddValues: readonly string[] = [
  // What is nothing, or nearly nothing.
  ...["null", "true", "false", "0", "-0", "1", "-1", '""', '" "', "[]", "{}", "[[]]", "[null]"],
  // Numbers at the edges, and over them.
  ...["1.5", "2147483648", "9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740993"],
  ...["1e308", "1e999", "-1e999", "1e-999", "123456789012345678901234567890", "1.0", "1e0", "0.1e1"],
  // What only looks like a number.
  ...["01", "+1", "0x10", "1_000", ".5", "1.", "NaN", "Infinity", "undefined", '"1"', '"0x10"', '"1e3"'],
  // Text at the edges of Unicode, written out and escaped.
  ...[
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\ud83d\\uddb4"',
    '"\ud83d\uddb4"',
    '"\u2028"',
    '"\ufeff"',
  ],
  ...[
    '"e\\u0301"',
    '"\\u00e9"',
    '"\\/"',
    '"a\\nb"',
    '"\\u001b[31m"',
    '"\\r\\n"',
    '"\\q"',
    '"\u0000"',
    '"\u007f"',
  ],
  // Names of what every object has.
  ...['"__proto__"', '"constructor"', '"toString"', '"hasOwnProperty"', '"length"', '"then"', '"toJSON"'],
  ...['{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}'],
  ...['{"__proto__":null}', '{"toString":1,"valueOf":1}', '{"then":1}', '{"toJSON":1}', '{"length":-1}'],
  // The same name twice, the empty name, many names.
  ...['{"a":1,"a":2}', '{"":1}', `{${Array.from({ length: 300 }, (_, i) => `"k${i}":${i}`).join()}}`],
  // Deep, wide and long.
  ...[
    deep(14, "[", "]"),
    deep(17, "[", "]"),
    deep(17, '{"a":', "}"),
    deep(1_900, "[", "]"),
    "[".repeat(1_900),
  ],
  ...[`[${"0,".repeat(1_500)}0]`, `"${"x".repeat(64)}"`, `"${"x".repeat(65)}"`, `"${"x".repeat(3_000)}"`],
  // Paths out of where we are.
  ...['"../../etc/passwd"', '"/dev/sda\\u0000x"', '"file:///etc/passwd"', '"$(reboot)"', '"%00"'],
  // Identifiers of another kind, or nearly of the right one.
  ...['"00000000-0000-0000-0000-000000000000"', '"01900000-0000-7000-8000-00000000000"'],
  ...['"01900000-0000-7000-8000-00000000000A"', '"01900000-0000-7000-c000-000000000001"'],
];

/** Text that is no JSON message, or none that the protocol knows. */
export const oddLines: readonly string[] = [
  ...[
    "{",
    "}",
    "[",
    "]",
    "null",
    "true",
    "1",
    '"',
    '""',
    "[]",
    "{}",
    " ",
    "\t",
    "\r",
    "\ufeff{}",
    "\u0000",
    "nonsense",
  ],
  ...[
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","method":1,"id":1}',
    "GET / HTTP/1.1",
  ],
  ...['{"jsonrpc":"2.0","id":1,"result":{}}', '{"jsonrpc":"2.0","id":null,"result":{}}'],
  ...['{"jsonrpc":"2.0","id":1,"result":{},"error":{}}', '{"jsonrpc":"2.0","id":1,"error":{"code":1}}'],
  ...['{"jsonrpc":"2.0","id":9,"error":{"code":-1,"message":"","data":{"code":"X","final":true}}}'],
  ...[
    '[{"jsonrpc":"2.0","method":"ping"},{"jsonrpc":"2.0","method":"ping"}]',
    '{"jsonrpc":"2.0","method":"ping"} x',
  ],
  ...['{"jsonrpc":"2.0","method":"rpc.discover","id":1}', '{"jsonrpc":"2.0","method":"","id":""}'],
];
