import { describe, expect, it } from "vitest";
import { NotConnectedError, TooLongError } from "../errors.ts";
import { Factory } from "../factory.ts";
import { LineOnlyReceiver } from "../line-only-receiver.ts";
import { Reactor } from "../reactor.ts";
import {
  collectFaults,
  everyCut,
  MemoryNetwork,
  randomCut,
  seededRandom,
  StringTransport,
  testCertificate,
} from "../testing/index.ts";
import * as amp from "./index.ts";

class Overflow extends Error {}
class Poisoned extends Error {}

const Divide = amp.command({
  name: "Divide",
  args: { numerator: amp.Integer, denominator: amp.Integer },
  response: { result: amp.Float },
  errors: { ZERO_DIVISION: RangeError },
});
const Slow = amp.command({ name: "Slow", args: { f: amp.Unicode }, response: { f: amp.Unicode } });
const Note = amp.command({ name: "Note", args: { text: amp.Unicode }, requiresAnswer: false });
const Poison = amp.command({ name: "Poison", fatalErrors: { POISONED: Poisoned } });
const Unknown = amp.command({ name: 'Unknown "\\é' });
const Switch = amp.command({ name: "Switch" });

const all = {
  integer: amp.Integer,
  float: amp.Float,
  boolean: amp.Boolean,
  unicode: amp.Unicode,
  bytes: amp.String,
  decimal: amp.Decimal,
  date: amp.DateTime,
  list: amp.ListOf(amp.ListOf(amp.Integer)),
  boxes: amp.AmpList({ name: amp.Unicode, age: amp.optional(amp.Integer) }),
  maybe: amp.optional(amp.Integer),
};
const Everything = amp.command({ name: "Everything", args: all, response: all });

class Lines extends LineOnlyReceiver {
  readonly lines: string[] = [];
  override connectionMade() {
    this.sendLine("lines now");
  }
  override lineReceived(line: string) {
    this.lines.push(line);
  }
}

class Server extends amp.AMP {
  readonly notes: string[] = [];
  readonly slow: PromiseWithResolvers<void>[] = [];
  readonly lines = new Lines();

  override connectionMade() {
    this.responder(Divide, ({ numerator, denominator }) => {
      if (denominator === 0) throw new RangeError("division by zero, è");
      if (denominator === 1) throw new Overflow("a bug");
      return { result: Number(numerator) / Number(denominator) };
    });
    this.responder(Slow, async ({ f }) => {
      const waiting = Promise.withResolvers<void>();
      this.slow.push(waiting);
      await waiting.promise;
      return { f };
    });
    this.responder(Note, ({ text }) => void this.notes.push(text));
    this.responder(Poison, () => {
      throw new Poisoned("no more");
    });
    this.responder(Everything, (values) => values);
    this.switchResponder(Switch, () => this.lines);
    this.startTlsResponder(() => ({ server: testCertificate }));
  }
}

async function pair(reactor: Reactor): Promise<{ client: amp.AMP; server: Server }> {
  const made = Promise.withResolvers<Server>();
  const factory = new Factory<Server>();
  factory.buildProtocol = () => {
    const server = new Server();
    made.resolve(server);
    return server;
  };
  const { address } = await reactor.listen("tcp:0", factory);
  const port = address.kind === "tcp" ? address.port : 0;
  const client = await reactor.connect(`tcp:${port}`, Factory.forProtocol(amp.AMP));
  return { client, server: await made.promise };
}

const inMemory = () => new Reactor({ net: new MemoryNetwork({ delayMs: [0, 1] }) });

describe("AMP", () => {
  it("calls a command and gives back its answer", async () => {
    await using reactor = inMemory();
    const { client } = await pair(reactor);
    expect(await client.callRemote(Divide, { numerator: 10, denominator: 4 })).toEqual({ result: 2.5 });
  });

  it("carries every type there and back", async () => {
    await using reactor = inMemory();
    const { client } = await pair(reactor);
    const values = {
      integer: 2n ** 200n,
      float: -1.5e-7,
      boolean: false,
      unicode: "caffè ☕",
      bytes: Uint8Array.of(0, 255),
      decimal: "1.50",
      date: new Date("2026-11-25T12:34:56.789Z"),
      list: [[1, 2], [], [3]],
      boxes: [{ name: "a", age: 3 }, { name: "b" }],
    };
    expect(await client.callRemote(Everything, values)).toEqual(values);
  });

  it("answers many calls in whatever order they are done", async () => {
    await using reactor = inMemory();
    const { client, server } = await pair(reactor);
    const answers = ["a", "b", "c"].map((f) => client.callRemote(Slow, { f }));
    await expect.poll(() => server.slow.length).toBe(3);
    for (const waiting of server.slow.toReversed()) waiting.resolve();
    expect(await Promise.all(answers)).toEqual([{ f: "a" }, { f: "b" }, { f: "c" }]);
  });

  it("gives back a declared error as what it is", async () => {
    await using reactor = inMemory();
    const { client } = await pair(reactor);
    const error = await client.callRemote(Divide, { numerator: 1, denominator: 0 }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: "division by zero, è" });
  });

  it("answers one command with a bug, and leaves the others alone", async () => {
    await using reactor = inMemory();
    using faults = collectFaults();
    const { client, server } = await pair(reactor);
    const slow = client.callRemote(Slow, { f: "still there" });
    const failed = client.callRemote(Divide, { numerator: 1, denominator: 1 });
    await expect(failed).rejects.toMatchObject({ name: "UnknownRemoteError", message: "Unknown Error" });
    await expect.poll(() => server.slow.length).toBe(1);
    server.slow[0]!.resolve();
    expect(await slow).toEqual({ f: "still there" });
    expect(faults.errors).toMatchObject([{ message: "a bug" }]);
  });

  it("says that nobody answers a command", async () => {
    await using reactor = inMemory();
    const { client } = await pair(reactor);
    await expect(client.callRemote(Unknown, {})).rejects.toBeInstanceOf(amp.UnhandledCommandError);
    expect(await client.callRemote(Divide, { numerator: 1, denominator: 2 })).toEqual({ result: 0.5 });
  });

  it("closes after a fatal error, and tells it first", async () => {
    await using reactor = inMemory();
    const { client } = await pair(reactor);
    await expect(client.callRemote(Poison, {})).rejects.toBeInstanceOf(Poisoned);
    expect(await client.transport.closed).toEqual({ kind: "done", by: "peer" });
  });

  it("sends a command that wants no answer, and is done", async () => {
    await using reactor = inMemory();
    const { client, server } = await pair(reactor);
    await client.callRemote(Note, { text: "hello" });
    await expect.poll(() => server.notes).toEqual(["hello"]);
  });

  it("rejects what is outstanding when the connection ends, and what is called afterwards", async () => {
    await using reactor = inMemory();
    const { client, server } = await pair(reactor);
    const slow = client.callRemote(Slow, { f: "?" });
    await expect.poll(() => server.slow.length).toBe(1);
    server.transport.abortConnection();
    await expect(slow).rejects.toBeInstanceOf(NotConnectedError);
    await expect(client.callRemote(Slow, { f: "?" })).rejects.toBeInstanceOf(NotConnectedError);
  });

  it("lets one who waits give up, and is not surprised by the late answer", async () => {
    await using reactor = inMemory();
    const { client, server } = await pair(reactor);
    const wish = new AbortController();
    const slow = client.callRemote(Slow, { f: "?" }, { signal: wish.signal });
    await expect.poll(() => server.slow.length).toBe(1);
    wish.abort(new Error("enough"));
    await expect(slow).rejects.toThrow("enough");
    server.slow[0]!.resolve();
    expect(await client.callRemote(Divide, { numerator: 4, denominator: 2 })).toEqual({ result: 2 });
  });

  it("refuses values that no box can carry, and sends nothing of them", async () => {
    await using reactor = inMemory();
    const { client } = await pair(reactor);
    await expect(client.callRemote(Slow, { f: "x".repeat(65_536) })).rejects.toBeInstanceOf(TooLongError);
    await expect(client.callRemote(Slow, {} as { f: string })).rejects.toThrow('without "f"');
    const extra = { f: "", g: "" } as { f: string };
    await expect(client.callRemote(Slow, extra)).rejects.toThrow('"g": it is not declared');
    expect(await client.callRemote(Divide, { numerator: 4, denominator: 2 })).toEqual({ result: 2 });
  });

  it("hands the connection to another protocol at both ends, with what came after the command", async () => {
    await using reactor = inMemory();
    const { client, server } = await pair(reactor);
    const lines = await client.callRemoteToSwitch(Switch, {}, () => new Lines());
    lines.sendLine("hello");
    await expect.poll(() => server.lines.lines).toEqual(["lines now", "hello"]);
    await expect.poll(() => lines.lines).toEqual(["lines now"]);
    await expect(client.callRemote(Divide, { numerator: 4, denominator: 2 })).rejects.toBeInstanceOf(
      amp.ProtocolSwitchedError,
    );
  });

  it("goes on as before when the command to switch could not even be sent", async () => {
    await using reactor = inMemory();
    const { client } = await pair(reactor);
    const asked = client.callRemoteToSwitch(Slow, { f: "x".repeat(65_536) }, () => new Lines());
    await expect(asked).rejects.toBeInstanceOf(TooLongError);
    expect(await client.callRemote(Divide, { numerator: 4, denominator: 2 })).toEqual({ result: 2 });
  });

  it("goes on as before when the peer does not switch", async () => {
    await using reactor = inMemory();
    const { client } = await pair(reactor);
    await expect(client.callRemoteToSwitch(Unknown, {}, () => new Lines())).rejects.toBeInstanceOf(
      amp.UnhandledCommandError,
    );
    expect(await client.callRemote(Divide, { numerator: 4, denominator: 2 })).toEqual({ result: 2 });
  });

  it("secures the connection between two commands, and what is called meanwhile waits for it", async () => {
    await using reactor = inMemory();
    const { client, server } = await pair(reactor);
    const slow = client.callRemote(Slow, { f: "secret" });
    await expect.poll(() => server.slow.length).toBe(1);
    const { authorities } = testCertificate;
    const securing = client.callRemoteToStartTls({ client: { authorities, serverName: "localhost" } });
    const meanwhile = client.callRemote(Divide, { numerator: 4, denominator: 2 });
    server.slow[0]!.resolve();
    await securing;
    expect(client.transport.security?.version).toBe("TLSv1.3");
    expect(await meanwhile).toEqual({ result: 2 });
    expect(await slow).toEqual({ f: "secret" });
  });
});

describe("AMP on the wire", () => {
  const serve = () => {
    const transport = new StringTransport();
    const server = new Server();
    void server.makeConnection(transport);
    return { transport, server };
  };
  const box = (values: Record<string, string>) =>
    amp.serializeBox(
      new Map(Object.entries(values).map(([key, value]) => [key, new TextEncoder().encode(value)])),
    );
  const commands = Buffer.concat([
    box({ _command: "Divide", _ask: "1", numerator: "+10", denominator: "-4" }),
    box({ _command: "Note", text: "è" }),
    box({ _command: "Divide", _ask: "2", numerator: "7", denominator: "0" }),
    box({ _command: "Nothing", _ask: "3" }),
  ]);

  it("answers the same however the bytes are cut", async () => {
    const answer = async (pieces: Uint8Array[]) => {
      const { transport, server } = serve();
      for (const piece of pieces) void server.dataReceived(piece);
      await expect.poll(() => amp.parseBoxes(transport.bytes()).length).toBe(3);
      return { answers: Buffer.from(transport.bytes()).toString("latin1"), notes: server.notes };
    };
    const expected = await answer([commands]);
    expect(expected.notes).toEqual(["è"]);
    for (const pieces of everyCut(commands)) expect(await answer(pieces)).toEqual(expected);
    const random = seededRandom(1);
    for (let round = 0; round < 100; round++)
      expect(await answer(randomCut(commands, random))).toEqual(expected);
  });

  it("writes the keys in order, as Twisted does", () => {
    expect(Buffer.from(box({ b: "2", a: "1" })).toString("latin1")).toBe("\0\x01a\0\x011\0\x01b\0\x012\0\0");
  });

  const broken: [string, Uint8Array][] = [
    ["a key of 256 bytes", Uint8Array.of(1, 0, 65)],
    ["an empty box", Uint8Array.of(0, 0)],
    ["an answer to what was not asked", box({ _answer: "99" })],
    [
      "a box longer than is allowed",
      Buffer.concat(
        Array.from({ length: 100 }, (_, count) => box({ [`k${count}`]: "x".repeat(60_000) }).subarray(0, -2)),
      ),
    ],
  ];
  it.each(broken)("%s breaks the rules", async (_, sent) => {
    await using reactor = inMemory();
    const { client, server } = await pair(reactor);
    client.transport.write(sent);
    expect(await server.transport.closed).toMatchObject({ kind: "protocol-error" });
  });

  it.each(["Divide", "Poison"])(
    "answers %s with as much of a long complaint as a box can carry",
    async (command) => {
      class Wordy extends Server {
        override connectionMade() {
          this.responder(Divide, () => {
            throw new RangeError(`${"x".repeat(65_534)}è!`);
          });
          this.responder(Poison, () => {
            throw new Poisoned(`${"x".repeat(65_534)}è!`);
          });
        }
      }
      const transport = new StringTransport();
      const server = new Wordy();
      void server.makeConnection(transport);
      void server.dataReceived(box({ _command: command, _ask: "1", numerator: "1", denominator: "4" }));
      await expect.poll(() => transport.bytes().length).toBeGreaterThan(0);
      const [answer] = amp.parseBoxes(transport.bytes());
      expect(Buffer.from(answer!.get("_error_description")!).toString()).toBe("x".repeat(65_534));
      expect(transport.state === "open").toBe(command === "Divide");
    },
  );

  it("a value of the wrong type answers that one command", async () => {
    using faults = collectFaults();
    const { transport, server } = serve();
    void server.dataReceived(box({ _command: "Divide", _ask: "1", numerator: "ten", denominator: "4" }));
    await expect.poll(() => transport.text()).toContain("UNKNOWN");
    expect(transport.state).toBe("open");
    expect(faults.errors).toMatchObject([{ message: expect.stringContaining('"ten"') as string }]);
  });

  it.each([
    "2026-13-01T00:00:00.000000+00:00",
    "2026-02-30T00:00:00.000000+00:00",
    "2026-01-23T24:00:00.000000+00:00",
    "2026-01-23T00:60:00.000000+00:00",
    "2026-01-23T00:00:60.000000+00:00",
    "2026-01-23T00:00:00.000000+99:99",
  ])("%s is no moment", (text) => {
    expect(() => amp.DateTime.fromBytes(new TextEncoder().encode(text))).toThrow("no such moment");
  });

  it("a text with half of a character is not sent", () => {
    expect(() => amp.Unicode.toBytes("a\ud800")).toThrow(TypeError);
  });

  it("bytes are of the same kind however they were cut", async () => {
    const Bytes = amp.command({ name: "Bytes", args: { bytes: amp.String } });
    const sent = box({ _command: "Bytes", bytes: "abc" });
    for (const pieces of everyCut(Buffer.from(sent))) {
      const received: Uint8Array[] = [];
      const receiver = new amp.AMP();
      receiver.responder(Bytes, ({ bytes: value }) => void received.push(value));
      void receiver.makeConnection(new StringTransport());
      for (const piece of pieces) void receiver.dataReceived(piece);
      expect(received.map((value) => value.constructor)).toEqual([Uint8Array]);
    }
  });

  it("stops reading a peer that asks for more than can be done at once", async () => {
    const { transport, server } = serve();
    const asks = Array.from({ length: 1_500 }, (_, count) =>
      box({ _command: "Slow", _ask: `${count}`, f: "" }),
    );
    const handled = server.dataReceived(Buffer.concat(asks));
    expect(handled).toBeInstanceOf(Promise);
    await expect.poll(() => server.slow.length).toBe(1_001);
    for (const waiting of server.slow) waiting.resolve();
    await expect.poll(() => server.slow.length).toBe(1_500);
    for (const waiting of server.slow) waiting.resolve();
    await expect.poll(() => amp.parseBoxes(transport.bytes()).length).toBe(1_500);
  });
});
