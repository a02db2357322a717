/** Every receiver on a real socket, with Twisted's at the other end, whoever listens. */
import { describe, expect, it } from "vitest";
import { toBytes, type ReceiverName } from "./case.ts";
import { frame } from "./frame.ts";
import { portNumber, TalkerFactory, type OurConnection } from "./our-end.ts";
import { type PeerConnection } from "./peer.ts";
import { receiverNames } from "./receivers.ts";
import { reactor, twisted, withTwisted } from "./with-twisted.ts";

const LONGEST = 200;
/** Boxes have tests of their own, with the commands that they carry: `amp.test.ts`. */
const receivers = receiverNames.filter((name) => name !== "BinaryBoxProtocol");
const settings = { maxLength: LONGEST };

interface Ends {
  readonly receiver: ReceiverName;
  readonly ours: OurConnection;
  readonly theirs: PeerConnection;
}

const directions: Record<string, (receiver: ReceiverName) => Promise<Ends>> = {
  async "Twisted dials us"(receiver) {
    const factory = new TalkerFactory(receiver, settings);
    const port = await reactor.listen("tcp:0", factory);
    const endpoint = `tcp:host=127.0.0.1:port=${portNumber(port)}`;
    const theirs = await twisted.connect(receiver, endpoint, settings);
    return { receiver, theirs, ours: await factory.connections.next() };
  },

  async "we dial Twisted"(receiver) {
    const listener = await twisted.listen(receiver, "tcp:0:interface=127.0.0.1", settings);
    const factory = new TalkerFactory(receiver, settings);
    await reactor.connect(`tcp:${listener.port}`, factory);
    return { receiver, ours: await factory.connections.next(), theirs: await listener.connection() };
  },
};

const checks: Record<string, (ends: Ends) => Promise<void>> = {
  async "each answers the other"({ receiver, ours, theirs }) {
    const word = wordOf(receiver);
    ours.protocol.send("say hello");
    expect(await theirs.events.next()).toEqual([word, "say hello"]);
    expect(await ours.events.next()).toEqual([word, "hello"]);
    await theirs.send("say hello to you");
    expect(await ours.events.next()).toEqual([word, "say hello to you"]);
    expect(await theirs.events.next()).toEqual([word, "hello to you"]);
  },

  async "hundreds of messages arrive in order, in both directions at once"({ receiver, ours, theirs }) {
    const messages = Array.from({ length: 300 }, (_, index) => `${index} `.repeat(index % 40));
    for (const message of messages) ours.protocol.send(message);
    await theirs.write(messages.map((message) => frame(receiver, message)).join(""));
    const expected = messages.map((message) => [wordOf(receiver), message]);
    expect(await ours.events.take(messages.length)).toEqual(expected);
    expect(await theirs.events.take(messages.length)).toEqual(expected);
  },

  async "what comes byte by byte is the same"({ receiver, ours, theirs }) {
    const messages = ["", "a", "caff\u{c3}\u{a8}", "\r", ":,", "\0\0"];
    const bytes = messages.map((message) => frame(receiver, message)).join("");
    const expected = messages.map((message) => [wordOf(receiver), message]);
    await theirs.trickle(bytes);
    expect(await ours.events.take(messages.length)).toEqual(expected);
    for (const byte of toBytes(bytes)) {
      ours.protocol.transport.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
    expect(await theirs.events.take(messages.length)).toEqual(expected);
  },

  async "the longest message arrives here, and one byte more ends the connection"(ends) {
    const { receiver, ours, theirs } = ends;
    await theirs.send("x".repeat(LONGEST));
    expect(await ours.events.next()).toEqual([wordOf(receiver), "x".repeat(LONGEST)]);
    await theirs.send("x".repeat(LONGEST + 1));
    expect((await ours.events.untilLost()).slice(0, -1)).toEqual(
      complaints[receiver] ?? [["too-long", "201"]],
    );
    expect(await theirs.events.untilLost()).toEqual([["lost", "ConnectionDone"]]);
  },

  async "the longest message arrives there, and one byte more ends the connection"(ends) {
    const { receiver, ours, theirs } = ends;
    ours.protocol.send("x".repeat(LONGEST));
    expect(await theirs.events.next()).toEqual([wordOf(receiver), "x".repeat(LONGEST)]);
    ours.protocol.transport.write(toBytes(frame(receiver, "x".repeat(LONGEST + 1))));
    expect((await theirs.events.untilLost()).slice(0, -1)).toEqual(
      complaints[receiver] ?? [["too-long", "201"]],
    );
    expect(await ours.events.untilLost()).toEqual([["lost", "done"]]);
  },

  async "a message after the last one is not heard"({ receiver, ours, theirs }) {
    await theirs.write(frame(receiver, "first") + frame(receiver, "quit") + frame(receiver, "late"));
    const word = wordOf(receiver);
    expect(await ours.events.untilLost()).toEqual([
      [word, "first"],
      [word, "quit"],
      ["lost", "done"],
    ]);
    expect(await theirs.events.next()).toEqual(["lost", "ConnectionDone"]);
  },

  async "a clean end is clean at both ends"({ receiver, ours, theirs }) {
    ours.protocol.send("quit");
    expect(await theirs.events.untilLost()).toEqual([
      [wordOf(receiver), "quit"],
      ["lost", "ConnectionDone"],
    ]);
    expect(await ours.events.next()).toEqual(["lost", "done"]);
  },

  async "our abort is a lost connection there"({ ours, theirs }) {
    ours.protocol.transport.abortConnection();
    expect(await ours.events.next()).toEqual(["lost", "aborted"]);
    expect(await theirs.events.next()).toEqual(["lost", "ConnectionLost"]);
  },

  async "their abort is a lost connection here"({ ours, theirs }) {
    await theirs.abort();
    expect(await theirs.events.next()).toEqual(["lost", "ConnectionAborted"]);
    expect(await ours.events.next()).toEqual(["lost", "lost"]);
  },
};

/** What is told of a message of 201 bytes, where it is not its length. */
const complaints: Partial<Record<ReceiverName, string[][]>> = {
  LineOnlyReceiver: [["too-long"]],
  LineReceiver: [["too-long"]],
  NetstringReceiver: [],
};

function wordOf(receiver: ReceiverName): string {
  return receiver.startsWith("Line") ? "line" : "string";
}

withTwisted("with Twisted", () => {
  describe.each(receivers)("%s", (receiver) => {
    describe.each(Object.entries(directions))("%s:", (_, connect) => {
      it.each(Object.entries(checks))("%s", async (_name, check) => check(await connect(receiver)));
    });
  });
});
