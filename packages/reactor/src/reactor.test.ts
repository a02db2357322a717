import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fork } from "node:child_process";
import { once } from "node:events";
import { afterAll, describe, expect, it } from "vitest";
import { AddressInUseError, CannotListenError, ConnectError, ReactorStoppedError } from "./errors.ts";
import { Factory } from "./factory.ts";
import { LineOnlyReceiver } from "./line-only-receiver.ts";
import { Protocol } from "./protocol.ts";
import { Reactor } from "./reactor.ts";
import { collectFaults, MemoryNetwork, Recorder, settle, VirtualClock } from "./testing/index.ts";

class Echo extends LineOnlyReceiver {
  override lineReceived(line: string) {
    this.sendLine(line);
  }
}

class CountingFactory extends Factory<Recorder> {
  override readonly protocol = Recorder;
  readonly happenings: string[] = [];

  override async startFactory() {
    this.happenings.push("starting");
    await settle();
    this.happenings.push("started");
  }

  override stopFactory(): void | Promise<void> {
    this.happenings.push("stopped");
  }

  override buildProtocol() {
    this.happenings.push("built");
    return super.buildProtocol({ kind: "unix", path: "" });
  }
}

function tcpPort({
  address,
}: {
  readonly address: { readonly kind: string; readonly port?: number };
}): number {
  return address.port ?? 0;
}

describe("a factory", () => {
  it("may have bounds of its own for its connections", async () => {
    await using reactor = new Reactor();
    class Bounded extends Factory<Recorder> {
      override readonly protocol = Recorder;
      override readonly limits = { highWaterBytes: 10 };
    }
    const { address } = await reactor.listenTCP(0, new Bounded());
    const client = await reactor.connect({ address }, new Bounded());
    expect(client.transport.write("0123456789")).toBe(true);
    expect(client.transport.write("!")).toBe(false);
  });

  it("is started once for its ports, before the first accepts, and stopped after the last connection", async () => {
    await using server = new Reactor();
    await using client = new Reactor();
    const factory = new CountingFactory();
    const [first, second] = await Promise.all([server.listenTCP(0, factory), server.listenTCP(0, factory)]);
    const peer = await client.connectTCP("127.0.0.1", tcpPort(first), Factory.forProtocol(Recorder));
    await client.connectTCP("127.0.0.1", tcpPort(second), Factory.forProtocol(Recorder));
    await expect.poll(() => factory.happenings).toEqual(["starting", "started", "built", "built"]);
    await Promise.all([first.stopListening(), second.stopListening()]);
    peer.transport.write("still here");
    await settle();
    expect(factory.happenings).not.toContain("stopped");
    await client.stop();
    await expect.poll(() => factory.happenings.at(-1)).toBe("stopped");
  });

  it("that cannot start is told to the one who listens, and nothing listens", async () => {
    await using reactor = new Reactor();
    const factory = new CountingFactory();
    factory.startFactory = () => Promise.reject(new Error("no such file"));
    await expect(reactor.listenTCP(0, factory)).rejects.toThrow("no such file");
  });

  it("may refuse a connection, and the peer sees its end", async () => {
    await using reactor = new Reactor();
    const factory = new Factory<Recorder>();
    factory.buildProtocol = () => null;
    const port = await reactor.listenTCP(0, factory);
    const client = await reactor.connectTCP("127.0.0.1", tcpPort(port), Factory.forProtocol(Recorder));
    expect(await client.lost.promise).toEqual({ kind: "done", by: "peer" });
  });
});

describe("a reactor", () => {
  it("says in one sentence that an address is in use", async () => {
    await using reactor = new Reactor();
    const port = await reactor.listenTCP(0, Factory.forProtocol(Echo));
    const again = reactor.listenTCP(tcpPort(port), Factory.forProtocol(Echo));
    await expect(again).rejects.toThrow(AddressInUseError);
    await expect(again).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${tcpPort(port)}: another program is using it`,
    );
    await expect(again).rejects.toMatchObject({ code: "ADDRESS_IN_USE", cause: { code: "EADDRINUSE" } });
  });

  it("says that nobody listens where it was to connect", async () => {
    await using reactor = new Reactor();
    const port = await reactor.listenTCP(0, Factory.forProtocol(Echo));
    await port.stopListening();
    const attempt = reactor.connectTCP("127.0.0.1", tcpPort(port), Factory.forProtocol(Echo));
    await expect(attempt).rejects.toMatchObject({
      name: "ConnectError",
      reason: { kind: "refused", by: "peer" },
    });
  });

  it("gives up connecting after its time, or when it is told to", async () => {
    const clock = new VirtualClock();
    const net = new MemoryNetwork({ clock });
    net.mood = "silent";
    const reactor = new Reactor({ clock, net });
    const late = reactor.connectTCP("10.0.0.1", 1, Factory.forProtocol(Echo), { timeoutMs: 2000 });
    await expect(clock.run(late)).rejects.toMatchObject({ reason: { kind: "timeout", by: "local" } });
    expect(clock.nowMs()).toBe(2000);
    const attempt = reactor.connectTCP("10.0.0.1", 1, Factory.forProtocol(Echo), {
      signal: AbortSignal.abort(new Error("no longer wanted")),
    });
    await expect(attempt).rejects.toThrow("no longer wanted");
  });

  it("isolates a bug: the other connections do not notice", async () => {
    using faults = collectFaults();
    class Buggy extends Echo {
      override lineReceived(line: string) {
        if (line === "bug") throw new Error("a bug");
        super.lineReceived(line);
      }
    }
    await using reactor = new Reactor();
    const port = await reactor.listenTCP(0, Factory.forProtocol(Buggy));
    const [good, bad] = await Promise.all(
      [0, 1].map(() => reactor.connectTCP("127.0.0.1", tcpPort(port), Factory.forProtocol(Recorder))),
    );
    bad!.transport.write("bug\r\n");
    await bad!.lost.promise;
    good!.transport.write("hello\r\n");
    await good!.received(7);
    expect(good!.text()).toBe("hello\r\n");
    expect(faults.errors).toHaveLength(1);
  });

  it("starts again after it was stopped", async () => {
    const reactor = new Reactor();
    for (let round = 0; round < 3; round++) {
      const port = await reactor.listen("tcp:0", Factory.forProtocol(Echo));
      const client = await reactor.connectTCP("127.0.0.1", tcpPort(port), Factory.forProtocol(Recorder));
      client.transport.write("hello\r\n");
      await client.received(7);
      expect(await reactor.stop()).toEqual({ cut: [] });
      expect((await client.lost.promise).kind).toBe("shutdown");
    }
  });

  it("lets handlers finish and flushes before it closes", async () => {
    class Slow extends LineOnlyReceiver {
      override async lineReceived(line: string) {
        await settle();
        this.sendLine(`done ${line}`);
      }
      override async reactorStopping() {
        await settle();
        this.sendLine("bye");
      }
    }
    const server = new Reactor();
    await using client = new Reactor();
    const port = await server.listenTCP(0, Factory.forProtocol(Slow));
    const peer = await client.connectTCP("127.0.0.1", tcpPort(port), Factory.forProtocol(Recorder));
    peer.transport.write("a\r\n");
    await peer.received(1);
    await server.stop();
    await peer.lost.promise;
    expect(peer.text()).toBe("done a\r\nbye\r\n");
  });

  it("cuts what is not done by the deadline, and reports it", async () => {
    const server = new Reactor();
    await using client = new Reactor();
    const port = await server.listenTCP(0, Factory.forProtocol(Recorder));
    const peer = await client.connectTCP("127.0.0.1", tcpPort(port), Factory.forProtocol(Recorder));
    peer.transport.pauseReading();
    const { cut } = await server.stop({ deadlineMs: 30 });
    expect(cut).toMatchObject([{ unsentBytes: 0 }]);
  });

  it("gives back the result or the error of a call from elsewhere, and refuses it once stopped", async () => {
    const reactor = new Reactor();
    expect(await reactor.callFromThread(() => 7)).toBe(7);
    await expect(reactor.callFromThread(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await reactor.stop();
    await expect(reactor.callFromThread(() => 7)).rejects.toThrow(ReactorStoppedError);
  });

  it("has stopped its factories when it says that it is stopped", async () => {
    const server = new Reactor();
    await using client = new Reactor();
    const factory = new CountingFactory();
    factory.stopFactory = async () => {
      await settle();
      factory.happenings.push("stopped");
    };
    const port = await server.listenTCP(0, factory);
    await client.connectTCP("127.0.0.1", tcpPort(port), Factory.forProtocol(Recorder));
    await expect.poll(() => factory.happenings.at(-1)).toBe("built");
    await server.stop();
    expect(factory.happenings.at(-1)).toBe("stopped");
  });

  it("takes back delayed calls when it stops", async () => {
    const clock = new VirtualClock();
    const reactor = new Reactor({ clock });
    let calls = 0;
    reactor.callLater(10, () => calls++);
    const later = reactor.callLater(20, () => calls++);
    await clock.advance(10);
    await reactor.stop();
    await clock.advance(100);
    expect(calls).toBe(1);
    expect(later.active).toBe(false);
  });
});

describe("a UNIX port", () => {
  const folder = mkdtempSync(join(tmpdir(), "trofie-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("may only be used by its owner, and is gone when it is closed", async () => {
    await using reactor = new Reactor();
    const path = join(folder, "mode");
    const port = await reactor.listenUNIX(path, Factory.forProtocol(Echo));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await port.stopListening();
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });

  it("replaces the socket of a program that was killed", async () => {
    const path = join(folder, "stale");
    const program = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.send(1))`;
    const child = fork("-e", [program], { execArgv: [] });
    await once(child, "message");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(statSync(path).isSocket()).toBe(true);
    await using reactor = new Reactor();
    await reactor.listenUNIX(path, Factory.forProtocol(Echo));
    const client = await reactor.connectUNIX(path, Factory.forProtocol(Recorder));
    client.transport.write("hello\r\n");
    await client.received(7);
  });

  it("never takes the place of a live program, nor of anything that is no socket", async () => {
    await using reactor = new Reactor();
    const path = join(folder, "live");
    await reactor.listenUNIX(path, Factory.forProtocol(Echo));
    await expect(reactor.listenUNIX(path, Factory.forProtocol(Echo))).rejects.toThrow(AddressInUseError);
    const file = join(folder, "file");
    writeFileSync(file, "precious");
    await expect(reactor.listenUNIX(file, Factory.forProtocol(Echo))).rejects.toThrow(CannotListenError);
    expect(statSync(file).size).toBe(8);
  });

  it("says that there is no socket to connect to", async () => {
    await using reactor = new Reactor();
    const attempt = reactor.connectUNIX(join(folder, "nothing"), Factory.forProtocol(Echo));
    await expect(attempt).rejects.toThrow(ConnectError);
  });
});

describe("a peer of any make", () => {
  it("that ends its side at once still gets the answers that a handler is working on", async () => {
    class Slow extends LineOnlyReceiver {
      override readonly acceptsLoneLF = true;
      override async lineReceived(line: string) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        this.sendLine(`done ${line}`);
      }
    }
    await using reactor = new Reactor();
    const port = await reactor.listenTCP(0, Factory.forProtocol(Slow));
    const socket = connect({ port: tcpPort(port), host: "127.0.0.1", allowHalfOpen: true });
    socket.end("a\nb\n");
    expect((await socket.toArray()).join("")).toBe("done a\r\ndone b\r\n");
  });

  it("that resets the connection is `lost`, and nothing else happens", async () => {
    const server = createServer((socket) => socket.once("data", () => socket.resetAndDestroy())).listen(
      0,
      "127.0.0.1",
    );
    await once(server, "listening");
    await using reactor = new Reactor();
    const where = server.address();
    const port = where instanceof Object ? where.port : 0;
    const client = await reactor.connectTCP("127.0.0.1", port, Factory.forProtocol(Recorder));
    client.transport.write("!");
    expect(await client.lost.promise).toMatchObject({
      kind: "lost",
      by: "peer",
      error: { code: "ECONNRESET" },
    });
    server.close();
  });

  it("gives the same end on the memory network as on a real one", async () => {
    const clock = new VirtualClock();
    const net = new MemoryNetwork({ clock });
    net.onLink = (link) => link.cutAfter("to-client", 3);
    const reactor = new Reactor({ clock, net });
    class Greets extends Protocol {
      override connectionMade() {
        this.transport.write("hello");
      }
    }
    await reactor.listen("tcp:1", Factory.forProtocol(Greets));
    const client = await clock.run(reactor.connect("tcp:1", Factory.forProtocol(Recorder)));
    const reason = await clock.run(client.lost.promise);
    expect(reason).toMatchObject({ kind: "lost", by: "peer", error: { code: "ECONNRESET" } });
    expect("hello".startsWith(client.text())).toBe(true);
  });
});
