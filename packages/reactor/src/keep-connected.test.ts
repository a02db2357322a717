import { describe, expect, it } from "vitest";
import { EndpointError } from "./endpoints/endpoint-error.ts";
import { Factory } from "./factory.ts";
import { keepConnected } from "./keep-connected.ts";
import { MemoryReactor, Recorder } from "./testing/index.ts";

const recorders = Factory.forProtocol(Recorder);

describe("a connection that is kept", () => {
  it("is none when its endpoint can never be", () => {
    const reactor = new MemoryReactor();
    const keep = () => keepConnected(reactor, "tcp:12x", Factory.forProtocol(Recorder));
    expect(keep).toThrow(EndpointError);
  });

  it("comes back after a cut, with a fresh protocol", async () => {
    const reactor = new MemoryReactor();
    await reactor.listen("tcp:1", recorders);
    const states: string[] = [];
    const service = keepConnected(reactor, "tcp:1", recorders, {
      onState: ({ state }) => states.push(state),
    });
    const first = await reactor.clock.run(service.whenConnected());
    reactor.network.links[0]!.reset();
    await reactor.clock.advance(1000);
    const second = await reactor.clock.run(service.whenConnected());
    expect(second).not.toBe(first);
    await reactor.clock.run(service.stop());
    expect(states).toEqual([
      "connecting",
      "connected",
      "waiting",
      "connecting",
      "connected",
      "stopping",
      "stopped",
    ]);
  });

  it("tells who waits for so many failures and no more", async () => {
    const reactor = new MemoryReactor();
    const failures: string[] = [];
    const service = keepConnected(reactor, "tcp:1", recorders, {
      onState: ({ state }) => state === "waiting" && failures.push(state),
    });
    const waiting = service.whenConnected({ failAfterFailures: 3 });
    const patient = service.whenConnected();
    const failed = expect(waiting).rejects.toThrow("nobody is listening there");
    await reactor.clock.run(waiting.catch(() => {}));
    await failed;
    expect(failures).toHaveLength(3);
    await reactor.listen("tcp:1", recorders);
    await reactor.clock.run(patient);
    await reactor.clock.run(service.stop());
  });

  it("ends with its reactor, and does not revive it", async () => {
    const reactor = new MemoryReactor();
    await reactor.listen("tcp:1", recorders);
    const service = keepConnected(reactor, "tcp:1", recorders);
    await reactor.clock.run(service.whenConnected());
    await reactor.clock.run(reactor.stop());
    await reactor.clock.advance(60_000);
    expect(service.state).toBe("stopped");
    expect(reactor.network.links).toHaveLength(1);
  });

  it("takes a preparation that fails for a failed attempt", async () => {
    const reactor = new MemoryReactor();
    await reactor.listen("tcp:1", recorders);
    let attempts = 0;
    const service = keepConnected(reactor, "tcp:1", recorders, {
      prepare: async () => {
        attempts += 1;
        if (attempts < 3) throw new Error("not yet");
      },
    });
    await expect(reactor.clock.run(service.whenConnected({ failAfterFailures: 2 }))).rejects.toThrow(
      "not yet",
    );
    await reactor.clock.run(service.whenConnected());
    expect(attempts).toBe(3);
    await reactor.clock.run(service.stop());
  });
});
