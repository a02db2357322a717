import { describe, expect, it } from "vitest";
import { Factory } from "./factory.ts";
import type { Port } from "./port.ts";
import { Reactor } from "./reactor.ts";
import { Recorder } from "./testing/index.ts";

const portOf = ({ address }: Port) => (address.kind === "tcp" ? address.port : 0);
const recorders = Factory.forProtocol(Recorder);

describe("a port", () => {
  it("refuses who comes while it is suspended, keeps who is there, and comes back to the same address", async () => {
    await using reactor = new Reactor();
    const port = await reactor.listen("tcp:0", recorders);
    const where = `tcp:${portOf(port)}`;
    const early = await reactor.connect(where, recorders);
    await port.suspend();
    await expect(reactor.connect(where, recorders)).rejects.toThrow("nobody is listening there");
    expect(early.happenings).toEqual(["made"]);
    await port.resume();
    expect(`tcp:${portOf(port)}`).toBe(where);
    const late = await reactor.connect(where, recorders);
    expect(late.happenings).toEqual(["made"]);
  });

  it("keeps its factory started while it is suspended", async () => {
    await using reactor = new Reactor();
    const factory = Factory.forProtocol(Recorder);
    let stops = 0;
    factory.stopFactory = () => void stops++;
    const port = await reactor.listen("tcp:0", factory);
    await port.suspend();
    expect(stops).toBe(0);
    await port.stopListening();
    expect(stops).toBe(1);
  });

  it("does not come back when it was closed meanwhile", async () => {
    await using reactor = new Reactor();
    const port = await reactor.listen("tcp:0", recorders);
    const resumed = port.suspend().then(() => port.resume());
    const refused = expect(resumed).rejects.toThrow("Cannot resume the port: it is closed");
    await port.stopListening();
    await refused;
    await expect(reactor.connect(`tcp:${portOf(port)}`, recorders)).rejects.toThrow("nobody is listening");
  });

  it("tells when it has as many connections as are waited for", async () => {
    await using reactor = new Reactor();
    const port = await reactor.listen("tcp:0", recorders);
    const both = port.whenConnectionCount((count) => count === 2);
    const first = await reactor.connect(`tcp:${portOf(port)}`, recorders);
    const second = await reactor.connect(`tcp:${portOf(port)}`, recorders);
    await both;
    const none = port.whenConnectionCount((count) => count === 0);
    void first.transport.loseConnection();
    void second.transport.loseConnection();
    await none;
    expect(port.connectionCount).toBe(0);
  });

  it("lets one who waits for a count give up", async () => {
    await using reactor = new Reactor();
    const port = await reactor.listen("tcp:0", recorders);
    const wish = new AbortController();
    const never = port.whenConnectionCount((count) => count > 99, { signal: wish.signal });
    wish.abort(new Error("enough"));
    await expect(never).rejects.toThrow("enough");
  });

  it("may be shared by several listeners, where they say so", async () => {
    await using reactor = new Reactor();
    const first = await reactor.listen("tcp:0:reusePort=1", recorders);
    const second = await reactor.listen(`tcp:${portOf(first)}:reusePort=1`, recorders);
    expect(portOf(second)).toBe(portOf(first));
    await expect(reactor.listen(`tcp:${portOf(first)}`, recorders)).rejects.toThrow("another program");
  });
});
