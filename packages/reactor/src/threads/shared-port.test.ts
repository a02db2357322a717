import { describe, expect, it } from "vitest";
import { Factory } from "../factory.ts";
import { Reactor } from "../reactor.ts";
import { Recorder } from "../testing/index.ts";
import { listenInThreads, type SharedPort } from "./shared-port.ts";

const factory = new URL("../test-programs/thread-naming-factory.ts", import.meta.url);
const recorders = Factory.forProtocol(Recorder);
const endpointOf = ({ address }: SharedPort) => `tcp:${address.kind === "tcp" ? address.port : 0}`;

describe("a port shared by threads", () => {
  it("has its connections in all of them", async () => {
    await using port = await listenInThreads("tcp:0", { factory, threads: 2 });
    await using reactor = new Reactor();
    const clients = await Promise.all(
      Array.from({ length: 60 }, () => reactor.connect(endpointOf(port), recorders)),
    );
    await Promise.all(clients.map((client) => client.received(1)));
    expect(new Set(clients.map((client) => client.text())).size).toBe(2);
    await port.whenConnectionCount((count) => count === 60);
    for (const client of clients) void client.transport.loseConnection();
    await port.whenConnectionCount((count) => count === 0);
  });

  it("rests, comes back, and ends as one", async () => {
    const port = await listenInThreads("tcp:0", { factory, threads: 2 });
    await using reactor = new Reactor();
    await port.suspend();
    await expect(reactor.connect(endpointOf(port), recorders)).rejects.toThrow("nobody is listening");
    await port.resume();
    const client = await reactor.connect(endpointOf(port), recorders);
    await client.received(1);
    expect(await port.stop()).toEqual({ cut: [] });
    expect(await client.lost.promise).toEqual({ kind: "done", by: "peer" });
  });

  it.each([0, -1, Number.NaN, 1.5])("is none in %d threads", async (threads) => {
    await expect(listenInThreads("tcp:0", { factory, threads })).rejects.toThrow(RangeError);
  });

  it("says why it cannot listen", async () => {
    await expect(listenInThreads("unix:/tmp/x", { factory, threads: 2 })).rejects.toThrow("only a TCP port");
    await using reactor = new Reactor();
    const { address } = await reactor.listen("tcp:0", recorders);
    const taken = `tcp:${address.kind === "tcp" ? address.port : 0}`;
    await expect(listenInThreads(taken, { factory, threads: 2 })).rejects.toMatchObject({
      code: "ADDRESS_IN_USE",
    });
    const exiting = new URL("../test-programs/exiting-factory.ts", import.meta.url);
    await expect(listenInThreads("tcp:0", { factory: exiting, threads: 1 })).rejects.toThrow(
      "the thread ended before it listened",
    );
    const missing = new URL("./no-such-module.ts", import.meta.url);
    await expect(listenInThreads("tcp:0", { factory: missing, threads: 1 })).rejects.toThrow(
      "no-such-module",
    );
  });
});
