/** Every type of AMP's arguments, from us to Twisted and back, and from Twisted to us and back. */
import { describe, expect, it } from "vitest";
import { type AllValues, Everything } from "./amp-commands.ts";
import { dialledByTwisted, dialTwisted } from "./amp-ends.ts";
import { reactor, twisted, withTwisted } from "./with-twisted.ts";

/** What each side has of the same values: Twisted's are text, as Python writes them. */
interface SameValues {
  readonly ours: AllValues;
  readonly theirs: string;
}

const values: Record<string, SameValues> = {
  "an Integer of 200 bits": {
    ours: { integer: 2n ** 200n },
    theirs: `{'integer': ${2n ** 200n}}`,
  },
  "an Integer below zero": {
    ours: { integer: -17 },
    theirs: "{'integer': -17}",
  },
  "Floats, the odd ones too": {
    ours: { floats: [Number.NaN, Infinity, -Infinity, 1e16, 1e-5, -0, 0.1, 5e-324, 123_456_789.125] },
    theirs: "{'floats': [nan, inf, -inf, 1e+16, 1e-05, -0.0, 0.1, 5e-324, 123456789.125]}",
  },
  "a Boolean that is true": {
    ours: { boolean: true },
    theirs: "{'boolean': True}",
  },
  "a Boolean that is false": {
    ours: { boolean: false },
    theirs: "{'boolean': False}",
  },
  "Unicode, of one to four bytes": {
    ours: { unicode: "caffè ☕ 🍝" },
    theirs: "{'unicode': 'caffè ☕ 🍝'}",
  },
  "a String of any bytes": {
    ours: { bytes: Uint8Array.of(0, 255, 10) },
    theirs: "{'bytes': b'\\x00\\xff\\n'}",
  },
  "an empty String": {
    ours: { bytes: new Uint8Array(0) },
    theirs: "{'bytes': b''}",
  },
  "Decimals, in their own digits": {
    ours: { decimals: ["1.50", "1E+400", "-0", "NaN", "-Infinity"] },
    theirs:
      "{'decimals': [Decimal('1.50'), Decimal('1E+400'), Decimal('-0'), Decimal('NaN'), Decimal('-Infinity')]}",
  },
  "a ListOf lists": {
    ours: { lists: [[1, 2], [], [3]] },
    theirs: "{'lists': [[1, 2], [], [3]]}",
  },
  "an empty ListOf": {
    ours: { lists: [] },
    theirs: "{'lists': []}",
  },
  "an AmpList, with a value left out of a box": {
    ours: { boxes: [{ name: "a", age: 3 }, { name: "è" }] },
    theirs: "{'boxes': [{'name': 'a', 'age': 3}, {'name': 'è'}]}",
  },
  "nothing, as all is optional": {
    ours: {},
    theirs: "{}",
  },
};

const moment = new Date("2026-11-25T12:34:56.789Z");

/** Bytes come as Node's `Buffer`, or not, as the network cut them. */
function plain({ bytes, ...others }: AllValues): AllValues {
  return bytes ? { ...others, bytes: Uint8Array.from(bytes) } : others;
}

withTwisted("AMP's values", () => {
  describe("from our client to Twisted's server and back", () => {
    it.each(Object.entries(values))("goes %s", async (_, { ours, theirs }) => {
      const ends = await dialTwisted(reactor, twisted);
      expect(plain(await ends.ours.callRemote(Everything, ours))).toEqual(ours);
      expect(await ends.theirs.events.next()).toEqual(["called", theirs]);
    });

    it("goes a DateTime, to the millisecond", async () => {
      const ends = await dialTwisted(reactor, twisted);
      expect(await ends.ours.callRemote(Everything, { dates: [moment] })).toEqual({ dates: [moment] });
      expect(await ends.theirs.events.next()).toEqual([
        "called",
        "{'dates': ['2026-11-25T12:34:56.789000+00:00']}",
      ]);
    });
  });

  describe("from Twisted's client to our server and back", () => {
    it.each(Object.entries(values))("goes %s", async (_, { ours, theirs }) => {
      const ends = await dialledByTwisted(reactor, twisted);
      expect(await ends.theirs.callRemote("Everything", theirs)).toBe(theirs);
      expect(plain(await ends.ours.received.next())).toEqual(ours);
    });

    it("goes a DateTime, east and west of Greenwich, and comes back as the same moment in UTC", async () => {
      const sent = "['2012-01-23T12:34:56.054321-01:23', '2012-01-23T00:04:56.054321+05:30']";
      const back = "['2012-01-23T13:57:56.054000+00:00', '2012-01-22T18:34:56.054000+00:00']";
      const ends = await dialledByTwisted(reactor, twisted);
      const dates = `{'dates': [date(text) for text in ${sent}]}`;
      expect(await ends.theirs.callRemote("Everything", dates)).toBe(`{'dates': ${back}}`);
      expect(await ends.ours.received.next()).toEqual({
        dates: [new Date("2012-01-23T13:57:56.054Z"), new Date("2012-01-22T18:34:56.054Z")],
      });
    });
  });
});
