import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { Factory } from "./factory.ts";
import { Reactor } from "./reactor.ts";
import { StreamProtocol } from "./stream-protocol.ts";
import { MemoryNetwork } from "./testing/index.ts";

async function streams(reactor: Reactor): Promise<{ client: StreamProtocol; server: StreamProtocol }> {
  const made = Promise.withResolvers<StreamProtocol>();
  const factory = new Factory<StreamProtocol>();
  factory.buildProtocol = () => {
    const server = new StreamProtocol();
    made.resolve(server);
    return server;
  };
  const { address } = await reactor.listen("tcp:0", factory);
  const port = address.kind === "tcp" ? address.port : 0;
  const client = await reactor.connect(`tcp:${port}`, Factory.forProtocol(StreamProtocol));
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
