import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { Factory } from "./factory.ts";
import { Reactor } from "./reactor.ts";
import { StreamProtocol } from "./stream-protocol.ts";
import { MemoryNetwork, MemoryReactor, Recorder } from "./testing/index.ts";

/** Ends when it pleases, and not when its peer does. */
class HalfOpen extends StreamProtocol {
  override readonly allowHalfOpen = true;
}

async function streams(reactor: Reactor): Promise<{ client: StreamProtocol; server: StreamProtocol }> {
  const made = Promise.withResolvers<StreamProtocol>();
  const factory = new Factory<StreamProtocol>();
  factory.buildProtocol = () => {
    const server = new HalfOpen();
    made.resolve(server);
    return server;
  };
  const { address } = await reactor.listen("tcp:0", factory);
  const port = address.kind === "tcp" ? address.port : 0;
  const client = await reactor.connect(`tcp:${port}`, Factory.forProtocol(HalfOpen));
  return { client, server: await made.promise };
}

describe.each([
  ["TCP", () => new Reactor()],
  ["memory", () => new Reactor({ net: new MemoryNetwork() })],
])("a stream over %s", (_, makeReactor) => {
  it("carries more than any buffer holds, and both ends' ends", async () => {
    await using reactor = makeReactor();
    const { client, server } = await streams(reactor);
    const much = "0123456789abcdef".repeat(200_000);
    server.stream.end(much);
    const heard = text(client.stream);
    client.stream.end("short");
    expect(await text(server.stream)).toBe("short");
    expect((await heard) === much).toBe(true);
    expect(await client.transport.closed).toMatchObject({ kind: "done" });
  });

  it("holds back a writer whose reader does not read", async () => {
    await using reactor = makeReactor();
    const { client, server } = await streams(reactor);
    let written = 0;
    const write = () => {
      while (written < 20_000_000 && server.stream.write(Buffer.alloc(65_536))) written += 65_536;
    };
    write();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(written).toBeLessThan(20_000_000);
    client.stream.destroy();
    server.stream.on("error", () => {}).destroy();
  });

  it("is destroyed with an error when the connection is cut", async () => {
    await using reactor = makeReactor();
    const { client, server } = await streams(reactor);
    const heard = text(client.stream);
    server.transport.abortConnection();
    server.stream.on("error", () => {});
    await expect(heard).rejects.toThrow("ECONNRESET");
  });
});

describe("a stream", () => {
  it("ends when its peer does, unless it is told to stay", async () => {
    const reactor = new MemoryReactor();
    class Reading extends StreamProtocol {
      override connectionMade() {
        this.stream.resume();
      }
    }
    await reactor.listen("tcp:1", Factory.forProtocol(Reading));
    const client = await reactor.clock.run(reactor.connect("tcp:1", Factory.forProtocol(Recorder)));
    client.transport.loseWriteConnection();
    await reactor.clock.advance(100);
    expect(client.happenings).toEqual(["made", "lost"]);
  });

  it("sends what was written before it is destroyed, error or not, and closes when the connection has ended", async () => {
    const reactor = new MemoryReactor();
    const made = Promise.withResolvers<StreamProtocol>();
    const factory = new Factory<StreamProtocol>();
    factory.buildProtocol = () => {
      const server = new StreamProtocol();
      made.resolve(server);
      return server;
    };
    await reactor.listen("tcp:1", factory);
    const client = await reactor.clock.run(reactor.connect("tcp:1", Factory.forProtocol(Recorder)));
    const { stream, transport } = await made.promise;
    const happenings: string[] = [];
    void transport.closed.then(() => happenings.push("connection ended"));
    stream.on("error", () => {}).on("close", () => happenings.push("stream closed"));
    stream.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    stream.destroy(new Error("not HTTP"));
    await reactor.clock.advance(100);
    expect(client.text()).toBe("HTTP/1.1 400 Bad Request\r\n\r\n");
    expect(happenings).toEqual(["connection ended", "stream closed"]);
  });

  it("fails a write that waits when the reactor cuts the connection", async () => {
    const reactor = new MemoryReactor();
    await reactor.listen("tcp:1", Factory.forProtocol(Recorder));
    const { stream } = await reactor.clock.run(reactor.connect("tcp:1", Factory.forProtocol(StreamProtocol)));
    reactor.network.links[0]!.pause();
    const written = new Promise<unknown>((resolve) => stream.write(Buffer.alloc(1_000_000), resolve));
    await reactor.clock.run(reactor.stop({ deadlineMs: 100 }));
    expect(await written).toBeInstanceOf(Error);
  });

  it("tells of silence on the reactor's clock, as a socket does", async () => {
    const reactor = new MemoryReactor();
    await reactor.listen("tcp:1", Factory.forProtocol(Recorder));
    const { stream } = await reactor.clock.run(reactor.connect("tcp:1", Factory.forProtocol(StreamProtocol)));
    let timeouts = 0;
    stream.setTimeout(1000, () => timeouts++);
    await reactor.clock.advance(900);
    stream.write("still here");
    await reactor.clock.advance(900);
    expect(timeouts).toBe(0);
    await reactor.clock.advance(200);
    expect(timeouts).toBe(1);
    expect([stream.remoteAddress, stream.remotePort]).toEqual(["127.0.0.1", 1]);
    await reactor.clock.run(reactor.stop());
  });
});

describe("a web server on our transport", () => {
  it("answers fetch", async () => {
    const web = createServer((request, response) => response.end(`you asked for ${request.url}`));
    class Web extends StreamProtocol {
      override connectionMade() {
        web.emit("connection", this.stream);
      }
    }
    await using reactor = new Reactor();
    const { address } = await reactor.listen("tcp:0", Factory.forProtocol(Web));
    const port = address.kind === "tcp" ? address.port : 0;
    const answers = ["a", "b"].map(async (path) => (await fetch(`http://127.0.0.1:${port}/${path}`)).text());
    expect(await Promise.all(answers)).toEqual(["you asked for /a", "you asked for /b"]);
    web.closeAllConnections();
  });
});
