import { describe, expect, it } from "vitest";
import { delay } from "./delay.ts";
import { Factory } from "./factory.ts";
import { collectFaults, MemoryReactor, Recorder } from "./testing/index.ts";

const recorders = Factory.forProtocol(Recorder);

describe("a reactor that is stopped", () => {
  it("does what was asked for before and after, and waits for it", async () => {
    const reactor = new MemoryReactor();
    await reactor.listen("tcp:1", recorders);
    const client = await reactor.clock.run(reactor.connect("tcp:1", recorders));
    const happenings = client.happenings;
    reactor.onShutdown("before", async () => {
      await delay(100, { clock: reactor.clock });
      client.transport.write("one more thing");
      happenings.push("before");
    });
    reactor.onShutdown("after", () => happenings.push("after"));
    const taken = reactor.onShutdown("after", () => happenings.push("never"));
    taken[Symbol.dispose]();
    await reactor.clock.run(reactor.stop());
    expect(happenings).toEqual(["made", "before", "lost", "after"]);
  });

  it("goes on when something that was asked for fails, and tells", async () => {
    using faults = collectFaults();
    const reactor = new MemoryReactor();
    const bug = new Error("a bug");
    reactor.onShutdown("before", () => {
      throw bug;
    });
    await reactor.listen("tcp:1", recorders);
    expect(await reactor.clock.run(reactor.stop())).toEqual({ cut: [] });
    expect(faults.errors).toEqual([bug]);
  });

  it("keeps nothing of a call that was taken back", async () => {
    const reactor = new MemoryReactor();
    const calls: string[] = [];
    const call = reactor.callLater(100, () => calls.push("made"));
    expect(call.active).toBe(true);
    call.cancel();
    expect(call.active).toBe(false);
    await reactor.clock.advance(1000);
    expect(calls).toEqual([]);
  });

  it("has one deadline for all of it", async () => {
    const reactor = new MemoryReactor();
    await reactor.listen("tcp:1", recorders);
    const client = await reactor.clock.run(reactor.connect("tcp:1", recorders));
    client.reactorStopping = () => new Promise(() => {});
    reactor.onShutdown("before", () => new Promise(() => {}));
    reactor.onShutdown("after", () => new Promise(() => {}));
    const startedMs = reactor.clock.nowMs();
    const { cut } = await reactor.clock.run(reactor.stop({ deadlineMs: 1000 }));
    expect(cut).toHaveLength(2);
    expect(reactor.clock.nowMs() - startedMs).toBeLessThan(1100);
  });
});

describe("a network in memory", () => {
  it("can be stuck for a while, and loses nothing", async () => {
    const reactor = new MemoryReactor();
    const servers: Recorder[] = [];
    const factory = new Factory<Recorder>();
    factory.buildProtocol = () => (servers.push(new Recorder()), servers.at(-1)!);
    await reactor.listen("tcp:1", factory);
    const client = await reactor.clock.run(reactor.connect("tcp:1", recorders));
    reactor.network.links[0]!.pause();
    client.transport.write("hello");
    await reactor.clock.advance(1000);
    expect(servers[0]!.text()).toBe("");
    reactor.network.links[0]!.resume();
    await reactor.clock.advance(1000);
    expect(servers[0]!.text()).toBe("hello");
    await reactor.clock.run(reactor.stop());
  });
});
