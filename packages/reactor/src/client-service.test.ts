import { describe, expect, it } from "vitest";
import { ClientService, fullJitter, type ClientServiceOptions, type ClientState } from "./client-service.ts";
import { Factory } from "./factory.ts";
import { Reactor } from "./reactor.ts";
import { MemoryNetwork, Recorder, seededRandom, settle, VirtualClock } from "./testing/index.ts";

/** A server and a client service on a memory network, with time in the hand. */
async function setUp(options: Partial<ClientServiceOptions<Recorder>> = {}) {
  const clock = new VirtualClock();
  const net = new MemoryNetwork({ clock });
  const reactor = new Reactor({ clock, net });
  await reactor.listen("tcp:1", Factory.forProtocol(Recorder));
  const states: ClientState[] = [];
  const service = new ClientService<Recorder>({
    connect: (signal) => reactor.connect("tcp:1", Factory.forProtocol(Recorder), { signal }),
    closed: (client) => client.transport.closed,
    close: (client) => client.transport.loseConnection(),
    policy: () => 1000,
    clock,
    random: seededRandom(1),
    onState: (state) => states.push(state),
    ...options,
  });
  const words = () => states.map(({ state }) => state);
  return { clock, net, service, states, words };
}

describe("a client service", () => {
  it("connects, and connects again when the connection is lost", async () => {
    const { clock, net, service, words } = await setUp();
    service.start();
    const first = await clock.run(service.whenConnected());
    net.links[0]?.reset();
    await clock.run(first.lost.promise);
    const second = await clock.run(service.whenConnected());
    expect(second).not.toBe(first);
    expect(words()).toEqual(["connecting", "connected", "waiting", "connecting", "connected"]);
    await clock.run(service.stop());
    expect(service.state).toBe("stopped");
    expect((await second.transport.closed).kind).toBe("done");
  });

  it("tells how long it waits and why, and tries at once when asked to", async () => {
    const { clock, net, service, states } = await setUp();
    net.mood = "refusing";
    service.start();
    await clock.advance(100);
    expect(states.at(-1)).toMatchObject({
      state: "waiting",
      retryInMs: 1000,
      lastError: { name: "ConnectError" },
    });
    net.mood = "normal";
    service.retryNow();
    await clock.advance(100);
    expect(service.state).toBe("connected");
  });

  it("waits ever longer, and forgets its failures only after a connection that lasted", async () => {
    const asked: number[] = [];
    const policy = (failures: number) => {
      asked.push(failures);
      return 1000;
    };
    const { clock, net, service } = await setUp({ policy, stableMs: 10_000 });
    net.mood = "refusing";
    service.start();
    await clock.advance(2500);
    net.mood = "normal";
    await clock.run(service.whenConnected());
    net.links.at(-1)?.reset();
    await clock.advance(100);
    expect(asked).toEqual([1, 2, 3, 4]);
    await clock.run(service.whenConnected());
    await clock.advance(10_000);
    net.links.at(-1)?.reset();
    await clock.advance(100);
    expect(asked.at(-1)).toBe(1);
  });

  it("takes a connection that could not be prepared for a failed attempt, and closes it", async () => {
    const made: Recorder[] = [];
    const prepare = (client: Recorder) => {
      made.push(client);
      return made.length === 1 ? Promise.reject(new Error("wrong version")) : Promise.resolve();
    };
    const { clock, service, states } = await setUp({ prepare });
    service.start();
    const client = await clock.run(service.whenConnected());
    expect(client).toBe(made[1]);
    expect(made[0]?.happenings).toEqual(["made", "lost"]);
    expect(states[1]).toMatchObject({ state: "waiting", lastError: { message: "wrong version" } });
  });

  it("does not wait for ever for a preparation whose connection has ended", async () => {
    const { clock, net, service } = await setUp({ prepare: () => new Promise(() => {}) });
    service.start();
    await clock.advance(100);
    net.links[0]?.reset();
    await clock.advance(100);
    expect(service.state).toBe("waiting");
  });

  it("outlives what it was given, and hides no bug of it", async () => {
    const heard: string[] = [];
    const hear = (error: Error) => heard.push(error.message);
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", hear);
    const fail = (why: string) => () => {
      throw new Error(why);
    };
    const clock = new VirtualClock();
    const close = () => {};
    const options = { clock, close, policy: fail("policy"), onState: fail("state"), closed: fail("closed") };
    let attempts = 0;
    const service = new ClientService({ ...options, connect: async () => ++attempts });
    service.start();
    await clock.advance(100_000);
    expect(attempts).toBeGreaterThan(2);
    await service.stop();
    expect(service.state).toBe("stopped");
    await new Promise(setImmediate);
    process.off("uncaughtException", hear);
    for (const other of others) process.on("uncaughtException", other);
    expect(new Set(heard)).toEqual(new Set(["policy", "state"]));
  });

  it("stops in the middle of an attempt, and closes a connection that comes too late", async () => {
    const late = Promise.withResolvers<string>();
    const closed: string[] = [];
    const service = new ClientService<string>({
      connect: () => late.promise,
      closed: () => new Promise(() => {}),
      close: (connection) => closed.push(connection),
    });
    service.start();
    const waiting = service.whenConnected();
    await settle();
    await Promise.all([service.stop(), expect(waiting).rejects.toMatchObject({ code: "SERVICE_STOPPED" })]);
    late.resolve("late");
    await late.promise;
    await expect.poll(() => closed).toEqual(["late"]);
    await expect(service.whenConnected()).rejects.toMatchObject({ code: "SERVICE_STOPPED" });
  });

  it("that is started while it stops begins again", async () => {
    const { clock, service, words } = await setUp();
    service.start();
    await clock.run(service.whenConnected());
    const stopped = service.stop();
    service.start();
    await clock.run(stopped);
    await clock.run(service.whenConnected());
    expect(words()).toEqual(["connecting", "connected", "stopping", "stopped", "connecting", "connected"]);
  });

  it("lets one who waits give up alone", async () => {
    const { service } = await setUp();
    service.start();
    const patience = new AbortController();
    const waiting = service.whenConnected({ signal: patience.signal });
    patience.abort(new Error("too slow"));
    await expect(waiting).rejects.toThrow("too slow");
  });
});

describe("full jitter", () => {
  it("is never longer than its bound, which grows and has an end", () => {
    const random = seededRandom(7);
    const policy = fullJitter({ initialMs: 100, maxMs: 30_000, factor: 2 });
    for (let failures = 1; failures <= 2000; failures++) {
      const delayMs = policy(failures, random);
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThan(Math.min(30_000, 100 * 2 ** (failures - 1)));
    }
  });
});
