import { describe, expect, it } from "vitest";
import { Factory } from "../factory.ts";
import { Reactor } from "../reactor.ts";
import { MemoryNetwork, Recorder, seededRandom, VirtualClock, type MemoryNetworkOptions } from "./index.ts";

async function connected(options: MemoryNetworkOptions = {}) {
  const clock = new VirtualClock();
  const net = new MemoryNetwork({ clock, ...options });
  const reactor = new Reactor({ clock, net });
  const server = new Recorder();
  const factory = new Factory<Recorder>();
  factory.buildProtocol = () => server;
  await reactor.listen("tcp:1", factory);
  const client = await clock.run(reactor.connect("tcp:1", Factory.forProtocol(Recorder)));
  return { clock, net, reactor, client, server, link: net.links[0]! };
}

/** The lengths of the pieces in which a text arrives. */
async function pieces(seed: number): Promise<number[]> {
  const { clock, client, server } = await connected({ seed, longestPieceBytes: 9 });
  const lengths: number[] = [];
  server.onData = (bytes) => void lengths.push(bytes.length);
  client.transport.write("x".repeat(100));
  await clock.advance(1000);
  expect(server.receivedBytes).toBe(100);
  return lengths;
}

describe("a memory network", () => {
  it("cuts the bytes as its seed says, and the same way again", async () => {
    expect(await pieces(1)).toEqual(await pieces(1));
    expect(await pieces(1)).not.toEqual(await pieces(2));
  });

  it("cuts a connection after no more than so many bytes, and both ends learn it", async () => {
    for (let bytes = 0; bytes <= 5; bytes++) {
      const { clock, client, server, link } = await connected({ longestPieceBytes: 2 });
      client.transport.write("hello, and more");
      link.cutAfter("to-server", bytes);
      expect((await clock.run(client.lost.promise)).kind).toBe("lost");
      expect((await clock.run(server.lost.promise)).kind).toBe("lost");
      expect("hello".slice(0, bytes).startsWith(server.text())).toBe(true);
    }
  });

  it("makes a connection half-open, and nobody is told", async () => {
    const { clock, client, server, link } = await connected();
    link.cutAfter("to-server", 5, "silence");
    client.transport.write("hello, and more");
    await clock.advance(1_000_000);
    expect(server.text()).toBe("hello");
    expect([...client.happenings, ...server.happenings]).not.toContain("lost");
  });

  it("refuses where nobody listens", async () => {
    const { clock, reactor } = await connected();
    const attempt = reactor.connect("tcp:2", Factory.forProtocol(Recorder));
    await expect(clock.run(attempt)).rejects.toMatchObject({ reason: { kind: "refused" } });
  });
});

describe("a virtual clock", () => {
  it("makes calls in order of time, with those that they ask for, and settles promises between them", async () => {
    const clock = new VirtualClock();
    const calls: string[] = [];
    const call = (name: string) => () =>
      void Promise.resolve().then(() => calls.push(`${name} at ${clock.nowMs()}`));
    clock.callLater(20, call("second"));
    clock.callLater(10, () => {
      call("first")();
      clock.callLater(5, call("asked for by the first"));
    });
    const cancelled = clock.callLater(15, call("cancelled"));
    cancelled.cancel();
    await clock.advance(20);
    expect(calls).toEqual(["first at 10", "asked for by the first at 15", "second at 20"]);
    expect(clock.nowMs()).toBe(20);
  });

  it("says that nothing could settle a promise, and does not wait for ever", async () => {
    await expect(new VirtualClock().run(new Promise(() => {}))).rejects.toThrow("nothing is left");
  });
});

describe("seeded random", () => {
  it("gives the same numbers for the same seed, all from 0 up to 1", () => {
    const [one, two] = [seededRandom(5), seededRandom(5)];
    for (let count = 0; count < 1000; count++) {
      const number = one.number();
      expect(two.number()).toBe(number);
      expect(number >= 0 && number < 1).toBe(true);
    }
    expect(one.bytes(4)).toEqual(two.bytes(4));
  });
});
