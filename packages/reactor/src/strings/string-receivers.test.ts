import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError, StringTooLongError } from "../errors.ts";
import type { Protocol } from "../protocol.ts";
import { everyCut, randomCut, seededRandom, settle, StringTransport, utf8 } from "../testing/index.ts";
import { Int16StringReceiver, Int32StringReceiver, Int8StringReceiver } from "./int-string-receivers.ts";
import { NetstringReceiver } from "./netstring-receiver.ts";

interface Recording extends Protocol {
  readonly events: string[];
  onString: (text: string) => void | Promise<unknown>;
  sendString(string: string | Uint8Array): void;
  takeRest(): Uint8Array;
}

class Netstrings extends NetstringReceiver {
  readonly events: string[] = [];
  override readonly maxLengthBytes: number = 300;
  onString: (text: string) => void | Promise<unknown> = () => {};

  override stringReceived(bytes: Uint8Array) {
    this.events.push(Buffer.from(bytes).toString("latin1"));
    return this.onString(this.events.at(-1)!);
  }

  override netstringBroken(error: ProtocolError) {
    this.events.push(error.message);
  }
}

function recording(
  Base: typeof Int8StringReceiver | typeof Int16StringReceiver | typeof Int32StringReceiver,
) {
  // oxlint-disable-next-line typescript/no-unsafe-argument -- The three have one shape.
  return class Strings extends (Base as typeof Int8StringReceiver) implements Recording {
    readonly events: string[] = [];
    override readonly maxLengthBytes: number = 300;
    onString: (text: string) => void | Promise<unknown> = () => {};

    override stringReceived(bytes: Uint8Array) {
      this.events.push(Buffer.from(bytes).toString("latin1"));
      return this.onString(this.events.at(-1)!);
    }

    override lengthLimitExceeded(length: number) {
      this.events.push(`too long: ${length}`);
    }
  };
}

const makers: Record<string, () => Recording> = {
  netstrings: () => new Netstrings(),
  "8-bit strings": () => new (recording(Int8StringReceiver))(),
  "16-bit strings": () => new (recording(Int16StringReceiver))(),
  "32-bit strings": () => new (recording(Int32StringReceiver))(),
};

function connected<P extends Protocol>(protocol: P) {
  const transport = new StringTransport();
  void protocol.makeConnection(transport);
  return { protocol, transport };
}

function eventsOf(make: () => Recording, pieces: Uint8Array[]): string[] {
  const { protocol } = connected(make());
  for (const piece of pieces) {
    const lent = new Uint8Array(piece);
    void protocol.dataReceived(lent);
  }
  return protocol.events;
}

/** What `sendString` writes for these strings. */
function sent(make: () => Recording, strings: Uint8Array[]): Uint8Array {
  const { protocol, transport } = connected(make());
  for (const string of strings) protocol.sendString(string);
  return transport.bytes();
}

const strings = fc.array(fc.uint8Array({ maxLength: 250 }), { maxLength: 8 });
const rubbish = fc.constantFrom("", "007:", "x", "5:hello;", "999:", "\xff\xff\xff\xff", "\x00\x00");

describe.each(Object.entries(makers))("a receiver of %s", (_, make) => {
  it("gives what was sent, and then the same complaint, however the bytes are cut at random", () => {
    fc.assert(
      fc.property(strings, rubbish, fc.integer(), (list, end, seed) => {
        const bytes = Buffer.concat([sent(make, list), Buffer.from(end, "latin1")]);
        const whole = eventsOf(make, [bytes]);
        expect(whole.slice(0, list.length)).toEqual(list.map((one) => Buffer.from(one).toString("latin1")));
        expect(eventsOf(make, randomCut(bytes, seededRandom(seed), 30))).toEqual(whole);
      }),
    );
  });

  it("gives the same however the bytes are cut, at every position", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 5 }), rubbish, (list, end) => {
        const bytes = Buffer.concat([sent(make, list), Buffer.from(end, "latin1")]);
        const whole = eventsOf(make, [bytes]);
        for (const pieces of everyCut(bytes)) expect(eventsOf(make, pieces)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it("delivers nothing while paused, or after the string that closed", () => {
    const bytes = sent(make, ["a", "pause", "b", "quit", "c"].map(utf8));
    for (const pieces of everyCut(bytes)) {
      const { protocol, transport } = connected(make());
      protocol.onString = (text) => {
        if (text === "pause") transport.pauseReading();
        if (text === "quit") void transport.loseConnection();
      };
      for (const piece of pieces) void protocol.dataReceived(piece);
      expect(protocol.events).toEqual(["a", "pause"]);
      transport.resumeReading();
      expect(protocol.events).toEqual(["a", "pause", "b", "quit"]);
    }
  });

  it("holds back the next string while the promise of one is outstanding", async () => {
    const { protocol } = connected(make());
    const first = Promise.withResolvers<void>();
    protocol.onString = (text) => (text === "a" ? first.promise : undefined);
    void protocol.dataReceived(sent(make, ["a", "b"].map(utf8)));
    await settle();
    expect(protocol.events).toEqual(["a"]);
    first.resolve();
    await settle();
    expect(protocol.events).toEqual(["a", "b"]);
  });

  it("gives what it has not delivered to the protocol that takes over, wherever it was cut", () => {
    const bytes = Buffer.concat([sent(make, [utf8("switch")]), sent(make, [utf8("for the next")])]);
    for (const pieces of everyCut(bytes)) {
      const next = make();
      const { protocol, transport } = connected(make());
      protocol.onString = () => transport.switchProtocol(next, protocol.takeRest());
      for (const piece of pieces) void (transport.protocol ?? protocol).dataReceived(piece);
      expect(protocol.events).toEqual(["switch"]);
      expect(next.events).toEqual(["for the next"]);
    }
  });

  it("gives back a string that had begun, when it is asked for the rest in the middle of it", () => {
    const bytes = sent(make, [utf8("a string of some length")]);
    for (let at = 0; at < bytes.length; at++) {
      const { protocol } = connected(make());
      void protocol.dataReceived(bytes.subarray(0, at));
      expect([...protocol.takeRest()]).toEqual([...bytes.subarray(0, at)]);
    }
  });
});

describe("netstrings", () => {
  const broken = (text: string) => eventsOf(() => new Netstrings(), [Buffer.from(text, "latin1")]).at(-1);

  it.each([
    ["007:", "its length begins with a zero"],
    ["00:", "its length begins with a zero"],
    [":", "its length is not a number followed by a colon"],
    ["-1:", "its length is not a number followed by a colon"],
    ["5hello", "its length is not a number followed by a colon"],
    ["5:hello;", "no comma follows it"],
    ["301", "it is longer than 300 bytes"],
    ["99999999999999999999999", "it is longer than 300 bytes"],
  ])("%j is none", (text, why) => {
    expect(broken(text)).toBe(`Cannot read the netstring: ${why}`);
  });

  it("may be empty", () => {
    expect(eventsOf(() => new Netstrings(), [utf8("0:,1:a,")])).toEqual(["", "a"]);
  });

  it("that are none end the connection, unless the protocol knows better", () => {
    const { protocol } = connected(new NetstringReceiver());
    expect(() => protocol.dataReceived(utf8("x"))).toThrow(ProtocolError);
  });

  it("are sent whole, and not at all when they are too long", () => {
    const { protocol, transport } = connected(new Netstrings());
    protocol.sendString("caffè");
    expect(transport.text()).toBe("6:caffè,");
    expect(() => protocol.sendString("x".repeat(301))).toThrow(StringTooLongError);
  });
});

describe("strings after their length", () => {
  it("are never delivered a second time after one was too long", () => {
    const { protocol } = connected(makers["16-bit strings"]!());
    void protocol.dataReceived(Buffer.from("\0\x01a\xff\xff", "latin1"));
    void protocol.dataReceived(utf8("more"));
    expect(protocol.events).toEqual(["a", "too long: 65535"]);
  });

  it("that are too long close the connection on the prefix alone", () => {
    const { protocol, transport } = connected(new Int32StringReceiver());
    void protocol.dataReceived(Uint8Array.of(0, 1, 0x86, 0xa0));
    expect(transport.state).toBe("closing");
  });

  it("cannot be sent when their length does not fit the prefix", () => {
    expect(() => connected(new Int8StringReceiver()).protocol.sendString("x".repeat(256))).toThrow(
      "Cannot send the string: it has 256 bytes, and 255 is the most",
    );
    expect(() => connected(new Int16StringReceiver()).protocol.sendString(new Uint8Array(65_536))).toThrow(
      StringTooLongError,
    );
  });
});
