import { describe, expect, it } from "vitest";
import { ClosedError } from "./errors.ts";
import { Factory } from "./factory.ts";
import { Reactor } from "./reactor.ts";
import { MemoryNetwork, Recorder, tlsPair, transportPair, type TransportPair } from "./testing/index.ts";

/** Goes on writing after the peer has ended, until it is told to stop. */
class Talkative extends Recorder {
  readonly peerEnded = Promise.withResolvers<void>();

  override readConnectionLost() {
    this.happenings.push("read lost");
    this.peerEnded.resolve();
  }

  override writeConnectionLost() {
    this.happenings.push("write lost");
  }
}

async function talkativePair(): Promise<{ client: Talkative; server: Talkative; reactor: Reactor }> {
  const reactor = new Reactor();
  const made = Promise.withResolvers<Talkative>();
  const factory = new Factory<Talkative>();
  factory.buildProtocol = () => {
    const server = new Talkative();
    made.resolve(server);
    return server;
  };
  const port = await reactor.listen("tcp:0", factory);
  const number = port.address.kind === "tcp" ? port.address.port : 0;
  const client = await reactor.connect(`tcp:${number}`, Factory.forProtocol(Talkative));
  return { client, server: await made.promise, reactor };
}

describe("a connection that is half closed", () => {
  it("still reads what the peer says, and ends when both have ended", async () => {
    const { client, server, reactor } = await talkativePair();
    client.transport.write("a question");
    client.transport.loseWriteConnection();
    await server.peerEnded.promise;
    expect(server.text()).toBe("a question");
    server.transport.write("a late answer");
    void server.transport.loseConnection();
    await client.peerEnded.promise;
    void client.transport.loseConnection();
    expect(client.text()).toBe("a late answer");
    expect(await server.lost.promise).toMatchObject({ kind: "done" });
    expect(await client.lost.promise).toMatchObject({ kind: "done" });
    expect(client.happenings).toEqual(["made", "write lost", "data", "read lost", "lost"]);
    await reactor.stop();
  });

  it("takes nothing more to write", async () => {
    const { client, reactor } = await talkativePair();
    client.transport.loseWriteConnection();
    expect(client.transport.disconnecting).toBe(false);
    expect(() => client.transport.write("more")).toThrow(ClosedError);
    await reactor.stop({ deadlineMs: 100 });
  });

  const kinds: [string, () => Promise<TransportPair>][] = [
    ["TCP", () => transportPair("tcp:0")],
    ["TLS", () => tlsPair()],
    ["memory", () => transportPair("tcp:0", { net: new MemoryNetwork() })],
  ];

  it.each(kinds)(
    "over %s: a protocol that knows nothing of it closes when the peer has ended",
    async (_, make) => {
      await using pair = await make();
      pair.server.transport.write("before the end");
      pair.server.transport.loseWriteConnection();
      expect(await pair.client.lost.promise).toEqual({ kind: "done", by: "peer" });
      expect(pair.client.text()).toBe("before the end");
    },
  );
});
