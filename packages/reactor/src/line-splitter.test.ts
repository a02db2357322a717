import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter, type LineEnd, type SplitLine } from "./line-splitter.ts";
import { everyCut, utf8 } from "./testing/index.ts";

const TOO_LONG = { kind: "too-long" };

/** All lines of the pieces; each is copied into memory that is spoilt afterwards, because a push keeps nothing. */
function split(pieces: Uint8Array[], end: LineEnd = "crlf", maxLengthBytes = 16): SplitLine[] {
  const splitter = new LineSplitter(end, maxLengthBytes);
  const lines: SplitLine[] = [];
  for (const piece of pieces) {
    const lent = new Uint8Array(piece);
    splitter.push(lent);
    for (let line = splitter.next(); line !== undefined; line = splitter.next()) lines.push(line);
    lent.fill(0x21);
  }
  return lines;
}

/** What the splitter must say, written in the plainest way: one byte after the other. */
function splitPlainly(bytes: Uint8Array, end: LineEnd, maxLengthBytes: number): SplitLine[] {
  const lines: SplitLine[] = [];
  let line: number[] = [];
  for (const byte of bytes) {
    line.push(byte);
    const hasCr = line.at(-2) === 13;
    if (byte !== 10 || (end === "crlf" && !hasCr)) continue;
    lines.push(judge(line.slice(0, end !== "lf" && hasCr ? -2 : -1), maxLengthBytes));
    line = [];
  }
  const unfinished = end !== "lf" && line.at(-1) === 13 ? line.length - 1 : line.length;
  if (unfinished > maxLengthBytes) lines.push(TOO_LONG as SplitLine);
  return lines;
}

function judge(line: number[], maxLengthBytes: number): SplitLine {
  const bytes = Uint8Array.from(line);
  if (bytes.length > maxLengthBytes) return { kind: "too-long" };
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { kind: "undecodable", bytes };
  }
}

const ends = fc.constantFrom<LineEnd>("crlf", "lf", "either");
const streams = fc
  .array(fc.constantFrom("\r", "\n", "\r\n", "a", "è", "☕", "𝄞", "\uFEFF", "long long long", "\xff"))
  .map((parts) =>
    Buffer.concat(parts.map((part) => (part === "\xff" ? Buffer.of(0xff) : Buffer.from(part)))),
  );

describe("a line splitter", () => {
  it("gives each of two lines that came in one packet", () => {
    expect(split([utf8("hello\r\ngoodbye\r\n")])).toEqual(["hello", "goodbye"]);
  });

  it("waits for the rest of a line that came in two packets", () => {
    expect(split([utf8("hel"), utf8("lo\r\n")])).toEqual(["hello"]);
  });

  it("joins a character that was cut in two", () => {
    for (const pieces of everyCut(utf8("caffè ☕\r\n"))) expect(split(pieces)).toEqual(["caffè ☕"]);
  });

  it("gives a line of exactly the limit, even when its CR LF is cut in two", () => {
    for (const pieces of everyCut(utf8("1234567890123456\r\nnext\r\n"))) {
      expect(split(pieces)).toEqual(["1234567890123456", "next"]);
    }
  });

  it("says once that a line is too long, skips it, and goes on", () => {
    for (const pieces of everyCut(utf8("first\r\n12345678901234567 and more\r\nnext\r\n"))) {
      expect(split(pieces)).toEqual(["first", TOO_LONG, "next"]);
    }
  });

  it("says that a line is too long before it has ended", () => {
    expect(split([utf8("12345678901234567")])).toEqual([TOO_LONG]);
  });

  it("counts bytes, not characters", () => {
    expect(split([utf8("èèèèèèèè\r\nèèèèèèèèè\r\n")])).toEqual(["èèèèèèèè", TOO_LONG]);
  });

  it("lets one line that is no UTF-8 spoil no other", () => {
    const bad = { kind: "undecodable", bytes: Uint8Array.of(0x63, 0xc3) };
    expect(split([Buffer.concat([utf8("a\r\nc"), Buffer.of(0xc3), utf8("\r\nb\r\n")])])).toEqual([
      "a",
      bad,
      "b",
    ]);
  });

  it("ends lines where it is told to", () => {
    const bytes = [utf8("a\nb\r\nc\r\r\n")];
    expect(split(bytes, "crlf")).toEqual(["a\nb", "c\r"]);
    expect(split(bytes, "lf")).toEqual(["a", "b\r", "c\r\r"]);
    expect(split(bytes, "either")).toEqual(["a", "b", "c\r"]);
  });

  it("gives the same lines however the bytes are cut, at every position", () => {
    fc.assert(
      fc.property(streams, ends, fc.integer({ min: 0, max: 20 }), (bytes, end, most) => {
        const expected = splitPlainly(bytes, end, most);
        for (const pieces of everyCut(bytes)) expect(split(pieces, end, most)).toEqual(expected);
      }),
    );
  });

  it("gives the same lines however the bytes are cut, at random", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(streams, ends, cuts, (bytes, end, lengths) => {
        const pieces: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const length = lengths[turn % lengths.length]!;
          pieces.push(bytes.subarray(at, (at += length)));
        }
        expect(split(pieces, end, 5)).toEqual(splitPlainly(bytes, end, 5));
      }),
      { numRuns: 1000 },
    );
  });

  it(
    "takes time in proportion to the bytes, when a long line comes byte by byte",
    { timeout: 20_000 },
    () => {
      const splitter = new LineSplitter("crlf", 2_000_000);
      const one = utf8("x");
      for (let count = 0; count < 200_000; count++) {
        splitter.push(one);
        expect(splitter.next()).toBeUndefined();
      }
      splitter.push(utf8("\r\n"));
      expect(splitter.next()).toHaveLength(200_000);
    },
  );
});
