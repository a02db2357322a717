/** What has broken programs before, as JSON says it. Some of it no JSON may say. */

/** Values without blanks, as they are written here: an escape is an escape of JSON. */
const list = (text: TemplateStringsArray): string[] => text.raw[0]!.trim().split(/[ \n]+/);

const deep = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + "1" + close.repeat(levels);

const text = (length: number): string => JSON.stringify("x".repeat(length));

const manyNames = `{${Array.from({ length: 300 }, (_, i) => `"k${i}":${i}`).join(",")}}`;

/** In place of one value of a message. */
const values: Readonly<Record<string, readonly string[]>> = {
  "next to nothing": list`null true false 0 -0 1 -1 "" [] {} [[]] [null]`,
  "numbers at the edges": list`
    1.5 1.0 1e0 0.1e1 1e308 1e999 -1e999 1e-999 2147483648 9007199254740991 9007199254740992 9007199254740993
    -9007199254740993 123456789012345678901234567890`,
  "what only looks like a number": list`
    01 +1 0x10 1_000 .5 1. NaN Infinity undefined "1" "0x10" "1e3"`,
  "text at the edges of Unicode": list`
    "\u0000" "\ud800" "\udc00\ud800" "\ud83d\uddb4" "e\u0301" "\u00e9" "\/" "a\nb" "\u001b[31m" "\r\n" "\q"`,
  "the same, not escaped": ['" "', '"\u{1f5b4}"', '"\u2028"', '"\ufeff"', '"\u0000"', '"\u007f"'],
  "names of what every object has": list`
    "__proto__" "constructor" "toString" "hasOwnProperty" "length" "then" "toJSON" {"__proto__":null}
    {"__proto__":{"polluted":true}} {"constructor":{"prototype":{"polluted":true}}}
    {"toString":1,"valueOf":1} {"then":1} {"toJSON":1} {"length":-1}`,
  "names twice, empty and many": ['{"a":1,"a":2}', '{"":1}', manyNames],
  deep: [
    deep(14, "[", "]"),
    deep(17, "[", "]"),
    deep(17, '{"a":', "}"),
    deep(1_900, "[", "]"),
    "[".repeat(1_900),
  ],
  "wide and long": [`[${"0,".repeat(1_500)}0]`, text(64), text(65), text(200), text(201), text(3_000)],
  "ways out of where we are": list`"../../etc/passwd" "/dev/sda\u0000x" "file:///etc/passwd" "$(reboot)" "%00"`,
  "identifiers that nearly are": list`
    "00000000-0000-0000-0000-000000000000" "01900000-0000-7000-8000-00000000000"
    "01900000-0000-7000-8000-00000000000A" "01900000-0000-7000-c000-000000000001"`,
};

/** In place of a whole line. */
const lines: Readonly<Record<string, readonly string[]>> = {
  "no message": list`{ } [ ] null true 1 " "" [] {} nonsense`,
  "no message, with blanks": [" ", "\t", "\r", "\ufeff{}", "\u0000", "GET / HTTP/1.1"],
  "more than a message": ['{"jsonrpc":"2.0","method":"ping"} x', '{"jsonrpc":"2.0","method":"ping"}{}'],
  "a message of another kind": list`
    {"jsonrpc":"2.0"} {"jsonrpc":"2.0","id":1} {"jsonrpc":"2.0","method":1,"id":1}
    {"jsonrpc":"2.0","method":"rpc.discover","id":1} {"jsonrpc":"2.0","method":"","id":""}
    [{"jsonrpc":"2.0","method":"ping"},{"jsonrpc":"2.0","method":"ping"}]`,
  "an answer to no question": list`
    {"jsonrpc":"2.0","id":1,"result":{}} {"jsonrpc":"2.0","id":null,"result":{}}
    {"jsonrpc":"2.0","id":1,"result":{},"error":{}} {"jsonrpc":"2.0","id":1,"error":{"code":1}}
    {"jsonrpc":"2.0","id":9,"error":{"code":-1,"message":"","data":{"code":"X","final":true}}}`,
};

export const oddValues: readonly string[] = Object.values(values).flat();
export const oddLines: readonly string[] = Object.values(lines).flat();
