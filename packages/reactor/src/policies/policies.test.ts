import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, it } from "vitest";
import { delay } from "../delay.ts";
import { Factory } from "../factory.ts";
import { LineOnlyReceiver } from "../line-only-receiver.ts";
import type { IdleKind } from "../net.ts";
import type { Protocol } from "../protocol.ts";
import { Reactor } from "../reactor.ts";
import {
  checkTransport,
  collectFaults,
  MemoryNetwork,
  Recorder,
  replayFlight,
  settle,
  testCertificate,
  VirtualClock,
} from "../testing/index.ts";
import { type Flight, flightText, readFlight } from "./flight.ts";
import { idle, type IdleLimits } from "./idle.ts";
import { limitConnections, type ConnectionLimits } from "./limit-connections.ts";
import { peerKey } from "./peer-key.ts";
import { rateLimited } from "./rate-limit.ts";
import { recorded, type Traffic } from "./record.ts";
import { TokenBucket } from "./token-bucket.ts";

/** A world whose time passes when told, with a server of this factory and clients that write down what they see. */
async function world<P extends Protocol<object>>(factory: Factory<P>) {
  const clock = new VirtualClock();
  const net = new MemoryNetwork({ clock, delayMs: [0, 0], longestPieceBytes: 65_536 });
  const reactor = new Reactor({ clock, net });
  const port = await reactor.listenTCP(1, factory);
  const connect = () => clock.run(reactor.connectTCP("127.0.0.1", 1, Factory.forProtocol(Recorder)));
  return { clock, net, reactor, port, connect };
}

/** A factory of recorders, all of which it keeps. */
class Recorders extends Factory<Recorder> {
  readonly built: Recorder[] = [];

  override buildProtocol() {
    const recorder = new Recorder();
    this.built.push(recorder);
    return recorder;
  }
}

describe("connection limits", () => {
  const limited = async (limits: ConnectionLimits) => {
    const inner = new Recorders();
    return { inner, ...(await world(limitConnections(inner, limits))) };
  };

  it("refuse who is too many, politely, and let in the next one when one has left", async () => {
    const { clock, connect, inner } = await limited({ total: 1, refusal: "full, come back later\r\n" });
    const first = await connect();
    const second = await connect();
    await clock.advance(10);
    expect([second.text(), second.happenings.at(-1)]).toEqual(["full, come back later\r\n", "lost"]);
    expect(inner.built).toHaveLength(1);
    void first.transport.loseConnection();
    await clock.advance(10);
    await connect();
    expect(inner.built).toHaveLength(2);
  });

  it("close without a word where none is given, and tell who watches", async () => {
    const refusals: unknown[] = [];
    const note = (refusal: unknown) => refusals.push(refusal);
    subscribe("trofie.reactor.refusal", note);
    const { clock, connect } = await limited({ perPeer: 2 });
    await connect();
    await connect();
    const third = await connect();
    await clock.advance(10);
    expect(third.happenings).toEqual(["made", "lost"]);
    expect(refusals).toMatchObject([{ why: "127.0.0.1 has 2 connections already" }]);
    unsubscribe("trofie.reactor.refusal", note);
  });

  it("bound the handshakes, too", async () => {
    const inner = new Recorders();
    const clock = new VirtualClock();
    const reactor = new Reactor({ clock, net: new MemoryNetwork({ clock, delayMs: [0, 0] }) });
    const factory = limitConnections(inner, { total: 3, perPeer: 2, refusal: "full\r\n" });
    const port = await reactor.listenTLS(1, factory, testCertificate);
    const silent = () => clock.run(reactor.connectTCP("127.0.0.1", 1, Factory.forProtocol(Recorder)));
    const [, , tooMany] = [await silent(), await silent(), await silent()];
    expect(await clock.run(tooMany.transport.closed)).toMatchObject({ by: "peer" });
    expect(port.connectionCount).toBe(2);
    await clock.advance(30_000);
    expect(port.connectionCount).toBe(0);
    const tls = { authorities: testCertificate.authorities };
    const speak = () => clock.run(reactor.connectTLS("127.0.0.1", 1, Factory.forProtocol(Recorder), tls));
    const [first, second, third] = [await speak(), await speak(), await speak()];
    await clock.run(third.transport.closed);
    expect([first, second, third].map((client) => client.text())).toEqual(["", "", "full\r\n"]);
    await clock.run(reactor.stop());
  });

  it.each([
    ["total", () => limitConnections(new Recorders(), { total: Number.NaN })],
    ["perPeer", () => limitConnections(new Recorders(), { perPeer: -1 })],
    ["readMs", () => idle(new Recorders(), { readMs: 0 })],
    ["bytesPerSecond", () => rateLimited(new Recorders(), { write: { bytesPerSecond: 0 } })],
    ["burstBytes", () => rateLimited(new Recorders(), { readAll: { bytesPerSecond: 1, burstBytes: -1 } })],
  ])("refuse a %s that is none", (name, make) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(`: ${name} is `);
  });

  it("pass on what the factory itself refuses, and count it for nothing", async () => {
    const inner = new Recorders();
    let isOpen = false;
    const build = inner.buildProtocol.bind(inner);
    inner.buildProtocol = () => (isOpen ? build() : null) as Recorder;
    const { clock, connect } = await world(limitConnections(inner, { total: 1 }));
    const refused = await connect();
    await clock.advance(10);
    expect(refused.happenings).toEqual(["made", "lost"]);
    isOpen = true;
    await connect();
    expect(inner.built).toHaveLength(1);
  });

  it.each([
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:1:2::9", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ])("take %s for the peer %s", (host, key) => {
    expect(peerKey({ kind: "tcp", host, port: 1 })).toBe(key);
  });
});

describe("idle limits", () => {
  class Watching extends Recorder {
    readonly idles: IdleKind[] = [];
    override connectionIdle(kind: IdleKind) {
      this.idles.push(kind);
    }
  }

  const watched = async <P extends Recorder>(protocol: new () => P, limits: IdleLimits) => {
    const built: P[] = [];
    const factory = new Factory<P>();
    factory.buildProtocol = () => {
      built.push(new protocol());
      return built.at(-1)!;
    };
    const { connect, ...rest } = await world(idle(factory, limits));
    const client = await connect();
    return { client, server: built[0]!, ...rest };
  };

  it("end a connection on which nothing is read, as a time-out", async () => {
    const { clock, client, server } = await watched(Recorder, { readMs: 1000 });
    await clock.advance(900);
    client.transport.write("still here");
    await clock.advance(900);
    expect(server.happenings).toEqual(["made", "data"]);
    await clock.advance(200);
    expect(await server.lost.promise).toMatchObject({
      kind: "timeout",
      by: "local",
      error: { kind: "read" },
    });
  });

  it("tell again and again who knows better, of reading, writing and both", async () => {
    const { clock, client, server } = await watched(Watching, { readMs: 1000, writeMs: 1500, allMs: 2000 });
    client.transport.write("one");
    await clock.advance(1100);
    expect(server.idles).toEqual(["read"]);
    server.transport.write("two");
    await clock.advance(1000);
    expect(server.idles).toEqual(["read", "read"]);
    await clock.advance(1200);
    expect(server.idles).toEqual(["read", "read", "write", "read", "all"]);
  });

  it("do not blame the peer for what we do not read", async () => {
    const { clock, server } = await watched(Watching, { readMs: 1000 });
    server.transport.pauseReading();
    await clock.advance(5000);
    expect(server.idles).toEqual([]);
    server.transport.resumeReading();
    await clock.advance(1100);
    expect(server.idles).toEqual(["read"]);
  });

  it("leave no timer behind", async () => {
    const { clock, reactor, server } = await watched(Watching, { readMs: 1000, allMs: 1000 });
    await clock.run(reactor.stop());
    await clock.advance(10_000);
    expect(server.idles).toEqual([]);
  });
});

describe("rate limits", () => {
  it("hold a writer to so many bytes per second, after what it may send at once", async () => {
    const inner = new Recorders();
    const write = { bytesPerSecond: 1000, burstBytes: 500 };
    const { clock, connect } = await world(rateLimited(inner, { write }));
    const client = await connect();
    inner.built[0]!.transport.write("x".repeat(3000));
    await clock.advance(0);
    expect(client.receivedBytes).toBe(500);
    await clock.advance(1000);
    expect(client.receivedBytes).toBeGreaterThanOrEqual(1000);
    expect(client.receivedBytes).toBeLessThanOrEqual(2000);
    await clock.advance(3000);
    expect(client.receivedBytes).toBe(3000);
  });

  it("read no faster than that, and the peer is held back", async () => {
    const inner = new Recorders();
    const { clock, connect } = await world(rateLimited(inner, { read: { bytesPerSecond: 100_000 } }));
    const client = await connect();
    client.transport.write(new Uint8Array(1_000_000));
    await clock.advance(1000);
    const server = inner.built[0]!;
    expect(server.receivedBytes).toBeLessThan(400_000);
    expect(client.transport.bufferedBytes).toBeGreaterThan(0);
    await clock.advance(20_000);
    expect(server.receivedBytes).toBe(1_000_000);
  });

  it("are waited for by a connection that closes: what it wrote arrives", async () => {
    const farewell = new Recorders();
    const writes = { write: { bytesPerSecond: 100, burstBytes: 2000 }, writeAll: { bytesPerSecond: 1000 } };
    const { clock, connect } = await world(rateLimited(farewell, writes));
    const clients = [await connect(), await connect(), await connect()];
    const reports = farewell.built.map(({ transport }) => {
      transport.write(new Uint8Array(6000));
      return transport.loseConnection();
    });
    await clock.advance(60_000);
    expect(clients.map(({ receivedBytes }) => receivedBytes)).toEqual([6000, 6000, 6000]);
    expect(await Promise.all(reports)).toMatchObject(clients.map(() => ({ flushed: true, unsentBytes: 0 })));
  });

  it("bound all connections of a factory together", async () => {
    const inner = new Recorders();
    const writeAll = { bytesPerSecond: 1000, burstBytes: 100 };
    const { clock, connect } = await world(rateLimited(inner, { writeAll }));
    const clients = [await connect(), await connect()];
    for (const server of inner.built) server.transport.write("x".repeat(5000));
    await clock.advance(2000);
    const total = clients.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
    expect(total).toBeGreaterThan(1500);
    expect(total).toBeLessThan(2500);
    expect(Math.min(...clients.map(({ receivedBytes }) => receivedBytes))).toBeGreaterThan(500);
  });

  it("lose nothing when the connection is closed while something waits", async () => {
    const inner = new Recorders();
    const { clock, connect } = await world(rateLimited(inner, { write: { bytesPerSecond: 1000 } }));
    const client = await connect();
    inner.built[0]!.transport.write("x".repeat(5000));
    const closing = inner.built[0]!.transport.loseConnection();
    expect(await clock.run(closing)).toMatchObject({ flushed: true });
    expect(client.receivedBytes).toBe(5000);
  });

  it("tell who waits when the last of it has left, which was held back", async () => {
    await using reactor = new Reactor();
    const port = await reactor.listen("tcp:0", new Recorders());
    const slow = rateLimited(Factory.forProtocol(Recorder), {
      write: { bytesPerSecond: 100_000, burstBytes: 1_000 },
    });
    const client = await reactor.connect(`tcp:${port.address.kind === "tcp" ? port.address.port : 0}`, slow);
    client.transport.write("x".repeat(3_000));
    await new Promise<void>((resolve) => client.transport.onDrain(resolve));
    expect(client.transport.bufferedBytes).toBe(0);
  });

  it("are paid back by a bucket in the time that its rate says", async () => {
    const clock = new VirtualClock();
    const bucket = new TokenBucket(clock, 1000, 100);
    expect(bucket.take(100)).toBe(0);
    expect(bucket.take(500)).toBe(500);
    expect(bucket.take(1)).toBe(501);
    await clock.advance(600);
    expect(bucket.take(99)).toBe(0);
  });
});

describe("a recorded connection", () => {
  class Fragile extends LineOnlyReceiver {
    override lineReceived(line: string) {
      if (line === "boom") throw new Error("a bug");
      this.sendLine(`got ${line}`);
    }
  }

  const crash = async (sent: string, lastFrames?: number) => {
    const flights: Flight[] = [];
    const factory = Factory.forProtocol(Fragile);
    const options = { onCrash: (flight: Flight) => flights.push(flight), ...(lastFrames && { lastFrames }) };
    const { clock, connect } = await world(recorded(factory, options));
    const client = await connect();
    for (const line of sent.split("|")) {
      client.transport.write(`${line}\r\n`);
      await clock.advance(5);
    }
    await clock.run(client.transport.loseConnection());
    return flights;
  };

  it("leaves its last frames and its reason behind when it ends badly", async () => {
    using faults = collectFaults();
    const [flight] = await crash("hello|boom");
    expect(faults.errors).toHaveLength(1);
    expect(flight!.reason).toMatchObject({ kind: "protocol-error", error: { message: "a bug" } });
    const told = flight!.frames.map(({ kind, bytes }) => `${kind} ${new TextDecoder().decode(bytes).trim()}`);
    expect(told.slice(0, 4)).toEqual(["received hello", "written got hello", "received boom", "end "]);
  });

  it("ends, and its reactor stops, though the one who reads the recorder fails", async () => {
    using faults = collectFaults();
    const full = new Error("the disk is full");
    const onCrash = () => {
      throw full;
    };
    const { clock, connect, reactor } = await world(recorded(Factory.forProtocol(Fragile), { onCrash }));
    const client = await connect();
    client.transport.write("boom\r\n");
    await clock.advance(100);
    expect(await clock.run(reactor.stop())).toEqual({ cut: [] });
    expect(faults.errors.map(({ message }) => message)).toEqual(["a bug", "the disk is full"]);
  });

  it("leaves nothing behind when it ends well", async () => {
    expect(await crash("hello|goodbye")).toEqual([]);
  });

  it("forgets the oldest frames, and says how many", async () => {
    using faults = collectFaults();
    const [flight] = await crash("1|2|3|4|boom", 3);
    expect(faults.errors).toHaveLength(1);
    expect(flight!.frames).toHaveLength(3);
    expect(flight!.forgottenFrames).toBeGreaterThan(5);
  });

  it("can be written to a file and lived through again in a test", async () => {
    using faults = collectFaults();
    const [flight] = await crash("hello|boom");
    expect(faults.errors).toHaveLength(1);
    const again = readFlight(flightText(flight!));
    expect(again.frames).toEqual(flight!.frames);
    await expect(replayFlight(again, new Fragile())).rejects.toThrow("a bug");
    class Fixed extends Fragile {
      override lineReceived(line: string) {
        this.sendLine(`fixed ${line}`);
      }
    }
    const transport = await replayFlight(again, new Fixed());
    expect(transport.text()).toBe("fixed hello\r\nfixed boom\r\n");
  });

  it("is lived through again one piece after the other by a handler that takes its time", async () => {
    class Slow extends LineOnlyReceiver {
      override async dataReceived(bytes: Uint8Array) {
        await delay(bytes[0] === 97 ? 5 : 0);
        if (bytes[0] === 33) throw new Error("a later bug");
        this.transport.write(bytes);
      }
    }
    const received = (text: string) => ({ atMs: 0, kind: "received" as const, bytes: Buffer.from(text) });
    const nowhere = { kind: "stdio" } as const;
    const flight = (...texts: string[]): Flight => ({
      host: nowhere,
      peer: nowhere,
      forgottenFrames: 0,
      reason: { kind: "done", by: "peer" },
      frames: texts.map(received),
    });
    expect((await replayFlight(flight("a", "b"), new Slow())).text()).toBe("ab");
    await expect(replayFlight(flight("a", "!"), new Slow())).rejects.toThrow("a later bug");
  });

  it("is told to who watches its traffic", async () => {
    const heard: string[] = [];
    const note = (message: unknown) => {
      const { kind, bytes } = message as Traffic;
      heard.push(`${kind} ${new TextDecoder().decode(bytes).trim()}`);
    };
    subscribe("trofie.reactor.traffic", note);
    await crash("hello");
    await settle();
    unsubscribe("trofie.reactor.traffic", note);
    expect(heard).toEqual(["received hello", "written got hello", "ended ", "end "]);
  });
});

describe("every policy at once", () => {
  const wrap = <P extends Protocol<object>>(factory: Factory<P>): Factory<P> =>
    limitConnections(
      recorded(
        idle(rateLimited(factory, { read: { bytesPerSecond: 1e9 }, write: { bytesPerSecond: 1e9 } }), {
          allMs: 60_000,
        }),
      ),
      { total: 10 },
    );

  checkTransport(
    "layered TCP",
    async (limits = {}) => {
      const reactor = new Reactor({ limits });
      const recorders = new Recorders();
      const port = await reactor.listen("tcp:0", wrap(recorders));
      const number = port.address.kind === "tcp" ? port.address.port : 0;
      const client = await reactor.connect(`tcp:${number}`, wrap(Factory.forProtocol(Recorder)));
      await expect.poll(() => recorders.built.length).toBe(1);
      return {
        client,
        server: recorders.built[0]!,
        [Symbol.asyncDispose]: () => reactor[Symbol.asyncDispose](),
      };
    },
    it,
  );
});
