import { connect as connectTcp, createServer } from "node:net";
import {
  connect as connectTls,
  getCACertificates,
  rootCertificates,
  setDefaultCACertificates,
} from "node:tls";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { CannotListenError, ClosedError, ConnectError, PlaintextUnreadError, TlsError } from "../errors.ts";
import { Factory } from "../factory.ts";
import { LineOnlyReceiver } from "../line-only-receiver.ts";
import { idle } from "../policies/idle.ts";
import type { Port } from "../port.ts";
import { Reactor } from "../reactor.ts";
import {
  everyCut,
  MemoryNetwork,
  Recorder,
  testCertificate,
  tlsPair,
  transportPair,
  utf8,
  VirtualClock,
} from "../testing/index.ts";

const { authorities } = testCertificate;
const otherAuthority = rootCertificates[0]!;
const portOf = ({ address }: Port) => (address.kind === "tcp" ? address.port : 0);

/** Answers `STARTTLS` by securing the connection, and every line by saying whether it came in the clear. */
class Careful extends LineOnlyReceiver {
  override lineReceived(line: string) {
    if (line !== "STARTTLS") return this.sendLine(`${this.transport.security ? "tls" : "clear"}: ${line}`);
    this.sendLine("go ahead");
    return this.transport.startTls({ server: testCertificate });
  }
}

class Asking extends LineOnlyReceiver {
  readonly lines: string[] = [];
  readonly ended = Promise.withResolvers<string>();

  override async lineReceived(line: string) {
    this.lines.push(line);
    if (line === "go ahead") {
      await this.transport.startTls({ client: { authorities, serverName: "localhost" } });
      this.sendLine("secret");
    }
    if (line.includes("secret")) void this.transport.loseConnection();
  }

  override connectionLost() {
    this.ended.resolve(this.lines.join("; "));
  }
}

describe("TLS", () => {
  it("says which version it is and whose certificate it saw", async () => {
    await using pair = await tlsPair();
    expect(pair.client.transport.security).toMatchObject({ version: "TLSv1.3", alpnProtocol: undefined });
    expect(pair.client.transport.security?.peerCertificate?.checkHost("localhost")).toBe("localhost");
    expect(pair.server.transport.security?.peerCertificate).toBeUndefined();
  });

  it("agrees on a protocol", async () => {
    const alpn = { server: { alpnProtocols: ["a", "b"] }, client: { alpnProtocols: ["b", "c"] } };
    await using pair = await tlsPair({}, alpn);
    expect(pair.client.transport.security?.alpnProtocol).toBe("b");
    expect(pair.server.transport.security?.alpnProtocol).toBe("b");
  });

  it("does not connect to a server that is somebody else", async () => {
    await expect(tlsPair({}, { client: { serverName: "example.org" } })).rejects.toMatchObject({
      name: "ConnectError",
      reason: { kind: "protocol-error" },
      message: expect.stringContaining("example.org") as string,
    });
  });

  it("does not connect to a server whose authority it does not know", async () => {
    const stranger = tlsPair({}, { client: { authorities: otherAuthority } });
    await expect(stranger).rejects.toBeInstanceOf(ConnectError);
  });

  it("trusts nobody when it is given no authorities, not those that Node trusts", async () => {
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, authorities]);
    try {
      await (await tlsPair({}, { client: { authorities: undefined } as object }))[Symbol.asyncDispose]();
      await expect(tlsPair({}, { client: { authorities: "" } })).rejects.toBeInstanceOf(ConnectError);
      await using reactor = new Reactor();
      const server = { ...testCertificate, clientAuthorities: "" };
      const port = await reactor.listenTLS(0, Factory.forProtocol(Recorder), server);
      const stranger = connectTls({ port: portOf(port), host: "127.0.0.1", ca: authorities });
      await once(stranger, "error");
      expect(port.connectionCount).toBe(0);
    } finally {
      setDefaultCACertificates(before);
    }
  });

  it("lets in only clients that an authority vouches for, where it asks for them", async () => {
    const server = { clientAuthorities: authorities };
    await using pair = await tlsPair({}, { server, client: testCertificate });
    expect(pair.server.transport.security?.peerCertificate?.checkHost("localhost")).toBe("localhost");
    await using reactor = new Reactor();
    const built: Recorder[] = [];
    const factory = new Factory<Recorder>();
    factory.buildProtocol = () => (built.push(new Recorder()), built.at(-1)!);
    const port = await reactor.listenTLS(0, factory, { ...testCertificate, ...server });
    const stranger = connectTls({ port: portOf(port), host: "127.0.0.1", ca: authorities });
    await once(stranger, "error");
    expect(built).toEqual([]);
  });

  it("does not listen with keys that no handshake could use", async () => {
    await using reactor = new Reactor();
    const listening = reactor.listenTLS(0, Factory.forProtocol(Recorder), {
      privateKey: "?",
      certificate: "?",
    });
    await expect(listening).rejects.toThrow(CannotListenError);
    await expect(listening).rejects.toThrow("Cannot listen with TLS: ");
  });

  it("says at once, and once, that a client's key or certificate cannot be read", async () => {
    const bad = { certificate: "no certificate", privateKey: "no key" };
    await expect(tlsPair({}, { client: bad })).rejects.toMatchObject({ name: "ConnectError" });
  });

  it("takes an end that comes without TLS's own for a cut", async () => {
    await using reactor = new Reactor();
    const server = Promise.withResolvers<Recorder>();
    const factory = new Factory<Recorder>();
    factory.buildProtocol = () => {
      const recorder = new Recorder();
      server.resolve(recorder);
      return recorder;
    };
    const port = await reactor.listenTLS(0, factory, testCertificate);
    const raw = connectTcp({ port: portOf(port), host: "127.0.0.1", allowHalfOpen: true });
    const socket = connectTls({ socket: raw, ca: authorities, servername: "localhost" });
    await once(socket, "secureConnect");
    socket.write("half a word");
    const recorder = await server.promise;
    await recorder.received(11);
    raw.end();
    expect(await recorder.lost.promise).toMatchObject({ kind: "lost", error: { code: "ERR_TLS_TRUNCATED" } });
    raw.destroy();
  });

  it("gives up a peer that never shakes hands", async () => {
    const clock = new VirtualClock();
    const network = new MemoryNetwork({ clock });
    const reactor = new Reactor({ clock, net: network });
    const factory = Factory.forProtocol(Recorder);
    await reactor.listenTLS(443, factory, { ...testCertificate, handshakeTimeoutMs: 1000 });
    const peer = await clock.run(reactor.connectTCP("127.0.0.1", 443, Factory.forProtocol(Recorder)));
    await clock.advance(1100);
    expect(peer.happenings).toEqual(["made", "lost"]);
    await clock.run(reactor.stop());
  });

  it("gives up a server that never shakes hands, when it is told to", async () => {
    await using reactor = new Reactor();
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as { port: number };
    const wish = new AbortController();
    const connecting = reactor.connectTLS("127.0.0.1", port, Factory.forProtocol(Recorder), {
      signal: wish.signal,
    });
    await once(silent, "connection");
    wish.abort(new Error("enough"));
    await expect(connecting).rejects.toThrow("enough");
    silent.close();
  });
});

describe("STARTTLS", () => {
  const start = async (reactor: Reactor) => {
    const port = await reactor.listenTCP(0, Factory.forProtocol(Careful));
    const client = await reactor.connectTCP("127.0.0.1", portOf(port), Factory.forProtocol(Asking));
    return { port, client };
  };

  it("secures a connection between one line and the next", async () => {
    await using reactor = new Reactor();
    const { client } = await start(reactor);
    client.sendLine("hello");
    client.sendLine("STARTTLS");
    expect(await client.ended.promise).toBe("clear: hello; go ahead; tls: secret");
  });

  it("works on a network in memory, whatever the cuts", async () => {
    for (let seed = 1; seed <= 10; seed++) {
      await using reactor = new Reactor({
        net: new MemoryNetwork({ seed, delayMs: [0, 0], longestPieceBytes: 400 }),
      });
      const { client } = await start(reactor);
      client.sendLine("STARTTLS");
      expect(await client.ended.promise).toBe("go ahead; tls: secret");
    }
  });

  it("refuses when a line was put behind it in the clear, however the bytes are cut", async () => {
    for (const pieces of everyCut(utf8("STARTTLS\r\nevil\r\n"))) {
      await using reactor = new Reactor();
      const { port } = await start(reactor);
      const socket = connectTcp({ port: portOf(port), host: "127.0.0.1", noDelay: true });
      let said = "";
      socket.on("data", (bytes: Buffer) => (said += bytes.toString("latin1"))).on("error", () => {});
      for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve));
      await once(socket, "close");
      expect(said).not.toContain("evil");
    }
  });

  it("does not begin on a connection that has said its end, and keeps the end that is said meanwhile", async () => {
    await using pair = await transportPair("tcp:0");
    const { client, server } = pair;
    const secured = server.transport.startTls({ server: testCertificate });
    const securing = client.transport.startTls({ client: { authorities, serverName: "localhost" } });
    client.transport.write("last words");
    client.transport.loseWriteConnection();
    await Promise.all([secured, securing]);
    expect(await server.lost.promise).toEqual({ kind: "done", by: "peer" });
    expect(server.text()).toBe("last words");
    await using other = await transportPair("tcp:0");
    other.client.transport.loseWriteConnection();
    await expect(other.client.transport.startTls({ client: {} })).rejects.toBeInstanceOf(ClosedError);
  });

  it("leaves the idle limits of the connection in force", async () => {
    await using reactor = new Reactor();
    const idles: string[] = [];
    class Watching extends Careful {
      override connectionIdle(kind: string) {
        if (this.transport.security) idles.push(kind);
      }
    }
    const port = await reactor.listenTCP(0, idle(Factory.forProtocol(Watching), { readMs: 20 }));
    const client = await reactor.connect({ address: port.address }, Factory.forProtocol(Asking));
    client.lineReceived = async (line) => {
      if (line === "go ahead")
        await client.transport.startTls({ client: { authorities, serverName: "localhost" } });
    };
    client.sendLine("STARTTLS");
    await expect.poll(() => idles.includes("read")).toBe(true);
  });

  it("says so to the one who called it", async () => {
    await using reactor = new Reactor();
    const refused = Promise.withResolvers<unknown>();
    class Telling extends LineOnlyReceiver {
      override lineReceived(line: string) {
        if (line === "STARTTLS") this.transport.startTls({ server: testCertificate }).catch(refused.resolve);
      }
    }
    const port = await reactor.listenTCP(0, Factory.forProtocol(Telling));
    const client = await reactor.connectTCP("127.0.0.1", portOf(port), Factory.forProtocol(Recorder));
    client.transport.write("STARTTLS\r\nevil\r\n");
    const error = await refused.promise;
    expect(error).toBeInstanceOf(PlaintextUnreadError);
    expect(error).toMatchObject({ message: expect.stringContaining("6 bytes") as string });
  });

  it("ends the connection as a protocol error when the peer does not shake hands", async () => {
    await using reactor = new Reactor();
    const { client } = await start(reactor);
    const server = connectTcp({ port: portOf((await start(reactor)).port), host: "127.0.0.1" });
    server.end();
    client.sendLine("STARTTLS");
    const stranger = new Reactor();
    const lost = Promise.withResolvers<unknown>();
    class Rude extends LineOnlyReceiver {
      override lineReceived() {
        return this.transport.startTls({ client: { authorities, serverName: "localhost" } });
      }
      override connectionLost(reason: unknown) {
        lost.resolve(reason);
      }
    }
    const fake = createServer((socket) => socket.on("error", () => {}).write("go\r\nthis is no handshake"));
    fake.listen(0, "127.0.0.1");
    await once(fake, "listening");
    const { port } = fake.address() as { port: number };
    await stranger.connectTCP("127.0.0.1", port, Factory.forProtocol(Rude));
    const reason = (await lost.promise) as { kind: string; error: Error };
    expect(reason.kind).toBe("protocol-error");
    expect(reason.error instanceof TlsError || reason.error instanceof PlaintextUnreadError).toBe(true);
    await stranger.stop();
    fake.close();
  });
});
