/** Commands on a real socket: our client of a server that is written in Twisted, and Twisted's client of ours. */
import { NotConnectedError } from "@trofie/reactor";
import * as amp from "@trofie/reactor/amp";
import { collectFaults } from "@trofie/reactor/testing";
import { describe, expect, it } from "vitest";
import {
  Crash,
  Divide,
  Everything,
  Gather,
  GATHERED,
  Missing,
  Note,
  Poison,
  Poisoned,
  Switch,
  ZeroDivisionError,
} from "./amp-commands.ts";
import { dialledByTwisted, dialTwisted } from "./amp-ends.ts";
import { reactor, twisted, withTwisted } from "./with-twisted.ts";

const LONGEST_BYTES = 65_535;
const DONE = ["lost", "ConnectionDone"];
const lastFirst = Array.from({ length: GATHERED }, (_, count) => GATHERED - 1 - count);

withTwisted("AMP with Twisted", () => {
  describe("our client", () => {
    it("gets the answer of a command", async () => {
      const { ours } = await dialTwisted(reactor, twisted);
      expect(await ours.callRemote(Divide, { numerator: 10, denominator: 4 })).toEqual({ result: 2.5 });
    });

    it("gets 200 answers to calls that were sent at once, each to its own, in the order they come", async () => {
      const { ours } = await dialTwisted(reactor, twisted);
      const order: unknown[] = [];
      const calls = lastFirst.toReversed().map(async (index) => {
        const answer = await ours.callRemote(Gather, { index });
        expect(answer).toEqual({ index });
        order.push(index);
      });
      await Promise.all(calls);
      expect(order).toEqual(lastFirst);
    });

    it("is given a declared error as what it is, with its text, and goes on", async () => {
      const { ours } = await dialTwisted(reactor, twisted);
      const divided = ours.callRemote(Divide, { numerator: 1, denominator: 0 });
      await expect(divided).rejects.toStrictEqual(new ZeroDivisionError("division by zero, è"));
      expect(await ours.callRemote(Divide, { numerator: 1, denominator: 2 })).toEqual({ result: 0.5 });
    });

    it("is told a fatal error before the server closes", async () => {
      const { ours } = await dialTwisted(reactor, twisted);
      await expect(ours.callRemote(Poison, {})).rejects.toStrictEqual(new Poisoned("no more, è"));
      expect(await ours.transport.closed).toEqual({ kind: "done", by: "peer" });
    });

    it("is told of an error that is not declared, whereupon Twisted closes and other calls are lost", async () => {
      const { ours } = await dialTwisted(reactor, twisted);
      const other = ours.callRemote(Gather, { index: 1 });
      await expect(ours.callRemote(Crash, {})).rejects.toStrictEqual(
        new amp.UnknownRemoteError("UNKNOWN", "Unknown Error"),
      );
      await expect(other).rejects.toBeInstanceOf(NotConnectedError);
      expect(await ours.transport.closed).toEqual({ kind: "done", by: "peer" });
    });

    it("is told that nobody answers a command, and goes on", async () => {
      const { ours } = await dialTwisted(reactor, twisted);
      await expect(ours.callRemote(Missing, {})).rejects.toStrictEqual(
        new amp.UnhandledCommandError("UNHANDLED", "Unhandled Command: b'Missing'"),
      );
      expect(await ours.callRemote(Divide, { numerator: 1, denominator: 2 })).toEqual({ result: 0.5 });
    });

    it("sends a command that wants no answer", async () => {
      const { ours, theirs } = await dialTwisted(reactor, twisted);
      expect(await ours.callRemote(Note, { text: "caffè" })).toEqual({});
      expect(await theirs.events.next()).toEqual(["note", "caffè"]);
    });

    it("sends and gets a value of 65,535 bytes", async () => {
      const { ours } = await dialTwisted(reactor, twisted);
      const bytes = Uint8Array.from({ length: LONGEST_BYTES }, (_, at) => at % 256);
      const answer = await ours.callRemote(Everything, { bytes });
      expect(Buffer.compare(answer.bytes!, bytes)).toBe(0);
    });

    it("switches to lines when the server agrees, and both ends talk on and end in good order", async () => {
      const { ours, theirs } = await dialTwisted(reactor, twisted);
      await ours.callRemoteToSwitch(Switch, {}, () => ours.lines);
      expect(await ours.lineEvents.next()).toEqual(["line", "lines now"]);
      expect(await theirs.events.next()).toEqual(["line", "lines now"]);
      ours.lines.send("say hello");
      expect(await theirs.events.next()).toEqual(["line", "say hello"]);
      expect(await ours.lineEvents.next()).toEqual(["line", "hello"]);
      await theirs.send("quit");
      expect(await ours.lineEvents.untilLost()).toEqual([
        ["line", "quit"],
        ["lost", "done"],
      ]);
      expect(await theirs.events.next()).toEqual(DONE);
    });

    it("goes on with commands when the server does not switch", async () => {
      const { ours } = await dialTwisted(reactor, twisted);
      await expect(ours.callRemoteToSwitch(Missing, {}, () => ours.lines)).rejects.toBeInstanceOf(
        amp.UnhandledCommandError,
      );
      expect(await ours.callRemote(Divide, { numerator: 1, denominator: 2 })).toEqual({ result: 0.5 });
    });

    it("ends a connection whose server answers what was not asked", async () => {
      const { ours, theirs } = await dialTwisted(reactor, twisted);
      await theirs.write("\0\u{7}_answer\0\u{2}99\0\0");
      expect(await ours.transport.closed).toMatchObject({ kind: "protocol-error" });
      expect(await theirs.events.next()).toEqual(DONE);
    });
  });

  describe("our server", () => {
    it("answers a command", async () => {
      const { theirs } = await dialledByTwisted(reactor, twisted);
      const answer = await theirs.callRemote("Divide", "{'numerator': 10, 'denominator': 4}");
      expect(answer).toBe("{'result': 2.5}");
    });

    it("answers 200 calls that were sent at once, each its own, in the order they are done", async () => {
      const { theirs } = await dialledByTwisted(reactor, twisted);
      expect(await theirs.gather()).toEqual(lastFirst.map((index) => [index, index]));
    });

    it("tells a declared error as what it is, with its text, and goes on", async () => {
      const { theirs } = await dialledByTwisted(reactor, twisted);
      const divided = theirs.callRemote("Divide", "{'numerator': 1, 'denominator': 0}");
      await expect(divided).rejects.toMatchObject({
        name: "ZeroDivisionError",
        message: "division by zero, è",
      });
      expect(await theirs.callRemote("Divide", "{'numerator': 1, 'denominator': 2}")).toBe("{'result': 0.5}");
    });

    it("tells a fatal error before it closes", async () => {
      const { ours, theirs } = await dialledByTwisted(reactor, twisted);
      await expect(theirs.callRemote("Poison")).rejects.toMatchObject({
        name: "Poisoned",
        message: "no more, è",
      });
      expect(await theirs.events.next()).toEqual(DONE);
      expect(await ours.transport.closed).toEqual({ kind: "done", by: "local" });
    });

    it("tells of an error that is not declared, and leaves the connection and the other calls alone", async () => {
      using faults = collectFaults();
      const { theirs } = await dialledByTwisted(reactor, twisted);
      const others = theirs.gather();
      await expect(theirs.callRemote("Crash")).rejects.toMatchObject({
        name: "UnknownRemoteError",
        message: expect.stringContaining("Unknown Error") as string,
      });
      expect(faults.errors).toMatchObject([{ message: "a bug" }]);
      expect(await others).toHaveLength(GATHERED);
      expect(await theirs.callRemote("Divide", "{'numerator': 1, 'denominator': 2}")).toBe("{'result': 0.5}");
    });

    it("says that nobody answers a command, and goes on", async () => {
      const { theirs } = await dialledByTwisted(reactor, twisted);
      await expect(theirs.callRemote("Missing")).rejects.toMatchObject({
        name: "UnhandledCommand",
        message: expect.stringContaining("Unhandled Command: b'Missing'") as string,
      });
      expect(await theirs.callRemote("Divide", "{'numerator': 1, 'denominator': 2}")).toBe("{'result': 0.5}");
    });

    it("takes a command that wants no answer, and gives none", async () => {
      const { ours, theirs } = await dialledByTwisted(reactor, twisted);
      expect(await theirs.callRemote("Note", "{'text': 'caffè'}")).toBeNull();
      expect(await ours.notes.next()).toBe("caffè");
    });

    it("takes an argument that is called f, as Twisted's own server cannot", async () => {
      const { theirs } = await dialledByTwisted(reactor, twisted);
      expect(await theirs.callRemote("Keyword", "{'f': 'caffè'}")).toBe("{'f': 'caffè'}");
    });

    it("gets and sends a value of 65,535 bytes", async () => {
      const { ours, theirs } = await dialledByTwisted(reactor, twisted);
      const answer = await theirs.callRemote("Everything", `{'bytes': b'${"x".repeat(LONGEST_BYTES)}'}`);
      expect(answer).toBe(`{'bytes': b'${"x".repeat(LONGEST_BYTES)}'}`);
      expect((await ours.received.next()).bytes).toHaveLength(LONGEST_BYTES);
    });

    it("switches to lines when the client asks for it, and both ends talk on and end in good order", async () => {
      const { ours, theirs } = await dialledByTwisted(reactor, twisted);
      await theirs.callRemoteToSwitch();
      expect(await ours.lineEvents.next()).toEqual(["line", "lines now"]);
      expect(await theirs.events.next()).toEqual(["line", "lines now"]);
      ours.lines.send("say hello");
      expect(await theirs.events.next()).toEqual(["line", "say hello"]);
      expect(await ours.lineEvents.next()).toEqual(["line", "hello"]);
      await theirs.send("quit");
      expect(await ours.lineEvents.untilLost()).toEqual([
        ["line", "quit"],
        ["lost", "done"],
      ]);
      expect(await theirs.events.next()).toEqual(DONE);
    });

    it("ends the connection of a client that sends an empty box", async () => {
      const { ours, theirs } = await dialledByTwisted(reactor, twisted);
      await theirs.write("\0\0");
      expect(await ours.transport.closed).toMatchObject({ kind: "protocol-error" });
      expect(await theirs.events.next()).toEqual(DONE);
    });

    it("ends the connection of a client that sends a name of 256 bytes", async () => {
      const { ours, theirs } = await dialledByTwisted(reactor, twisted);
      await theirs.write(`\u{1}\0${"k".repeat(256)}\0\0`);
      expect(await ours.transport.closed).toMatchObject({ kind: "protocol-error" });
      expect(await theirs.events.next()).toEqual(DONE);
    });
  });
});
