/** Each toxic, between a real server of the reactor and a real socket, on both kinds of sockets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualClock } from "@trofie/reactor/testing";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { ChaosProxy } from "./chaos-proxy.ts";
import type { Toxics, Way } from "./toxics.ts";
import { Caller, EchoServer } from "./two-ends.ts";
import { aMoment, until } from "./until.ts";

const folder = mkdtempSync(join(tmpdir(), "trofie-chaos-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = "0123456789";

describe.each(["tcp", "unix"] as const)("a chaos proxy on %s", (kind) => {
  let clock: VirtualClock;
  let server: EchoServer;
  let proxy: ChaosProxy;
  const callers: Caller[] = [];
  const placeFor = (name: string) => (kind === "tcp" ? { port: 0 } : { path: join(folder, name) });
  /** A reset is not to be seen on a UNIX socket. */
  const resetSeen = kind === "tcp" ? "ECONNRESET" : "end";

  beforeEach(async () => {
    clock = new VirtualClock();
    const started = await EchoServer.start(placeFor("server"));
    server = started.server;
    proxy = await ChaosProxy.start({ to: started.place, at: placeFor("proxy"), clock });
  });

  afterEach(async () => {
    for (const caller of callers.splice(0)) caller[Symbol.dispose]();
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function call(): Promise<Caller> {
    const before = proxy.links.size;
    const caller = await Caller.to(proxy.at);
    callers.push(caller);
    await until(() => proxy.links.size > before && server.connections.length > before);
    return caller;
  }

  const underWay = (way: Way): number => [...proxy.links][0]!.streams[way].underWayBytes;

  /** What is said is under way, and nothing more happens by itself. */
  async function sayUnderWay(caller: Caller, said: string): Promise<void> {
    caller.say(said);
    await until(() => underWay("to-server") === said.length);
    await aMoment();
  }

  test("brings all bytes to where they go, and the end behind them", async () => {
    const caller = await call();
    const much = text.repeat(100_000);
    caller.say(much);
    caller.socket.end();
    await until(() => caller.ended !== null);
    expect(caller.heard === much).toBe(true);
    await until(() => server.lost.length === 1 && proxy.links.size === 0);
    expect(server.lost[0]).toMatchObject({ kind: "done" });
  });

  test("with latency brings nothing before its time", async () => {
    const caller = await call();
    proxy.set("to-server", { latency: { delayMs: 100 } });
    await sayUnderWay(caller, text);
    await clock.advance(99);
    await aMoment();
    expect(server.heard).toBe("");
    await clock.advance(1);
    await until(() => caller.heard === text);
  });

  test("with jitter brings everything in order", async () => {
    const caller = await call();
    proxy.set("to-server", { latency: { delayMs: 10, jitterMs: 500 }, slicer: { pieceBytes: 3 } });
    const much = Array.from({ length: 300 }, (_, i) => `${i};`).join("");
    await sayUnderWay(caller, much);
    while (underWay("to-server") > 0) await clock.advance(7);
    await until(() => caller.heard.length === much.length);
    expect(caller.heard).toBe(much);
  });

  test("the same seed makes the same jitter", async () => {
    const times = async (seed: number): Promise<number[]> => {
      const own = new VirtualClock();
      await using other = await ChaosProxy.start({ to: proxy.at, at: placeFor("other"), clock: own, seed });
      other.set("to-server", { latency: { delayMs: 0, jitterMs: 1_000 }, slicer: { pieceBytes: 1 } });
      using caller = await Caller.to(other.at);
      await until(() => other.links.size === 1);
      const stream = [...other.links][0]!.streams["to-server"];
      caller.say(text);
      await until(() => stream.underWayBytes === text.length);
      const heard: number[] = [];
      for (; stream.underWayBytes > 0; await own.advance(10)) heard.push(stream.arrivedBytes);
      return heard;
    };
    const [first, again, another] = [await times(1), await times(1), await times(2)];
    expect(again).toEqual(first);
    expect(another).not.toEqual(first);
  });

  test("slices into pieces of so many bytes", async () => {
    const caller = await call();
    proxy.set("to-server", { slicer: { pieceBytes: 4 }, bandwidth: { bytesPerSecond: 1_000 } });
    await sayUnderWay(caller, text);
    for (const heard of ["0123", "01234567", "0123456789"]) {
      await clock.advance(4);
      await until(() => server.heard === heard);
    }
    expect(server.pieces).toEqual(["0123", "4567", "89"]);
  });

  test("lets no more through than its bandwidth", async () => {
    const caller = await call();
    proxy.set("to-client", { bandwidth: { bytesPerSecond: 100 } });
    caller.say(text.repeat(20));
    await until(() => underWay("to-client") === 200);
    await clock.advance(1_000);
    await until(() => caller.heard.length === 100);
    await aMoment();
    expect(caller.heard).toHaveLength(100);
    await clock.advance(1_000);
    await until(() => caller.heard.length === 200);
  });

  test("holds back who sends more than gets through", async () => {
    const caller = await call();
    proxy.set("to-server", { bandwidth: { bytesPerSecond: 1_000 } });
    caller.say(text.repeat(1_000_000));
    await until(() => underWay("to-server") > 256 * 1024);
    await aMoment();
    expect(underWay("to-server")).toBeLessThan(2 * 256 * 1024);
    expect(caller.socket.writableLength).toBeGreaterThan(0);
  });

  test.each(Array.from(text, (_, afterBytes) => afterBytes))(
    "cuts after %i bytes to the server",
    async (afterBytes) => {
      proxy.set("to-server", { cut: { afterBytes, how: "end" } });
      const caller = await Caller.to(proxy.at);
      callers.push(caller);
      caller.say(text);
      await until(() => server.lost.length === 1);
      expect(server.heard).toBe(text.slice(0, afterBytes));
    },
  );

  test.each(Array.from(text, (_, afterBytes) => afterBytes))(
    "cuts after %i bytes to the client",
    async (afterBytes) => {
      proxy.set("to-client", { cut: { afterBytes, how: "end" } });
      const caller = await Caller.to(proxy.at);
      callers.push(caller);
      caller.say(text);
      await until(() => caller.ended !== null);
      expect(caller.heard).toBe(text.slice(0, afterBytes));
    },
  );

  test("cuts by a reset that both ends see", async () => {
    const caller = await call();
    proxy.set("to-server", { cut: { afterBytes: 5, how: "reset" } });
    caller.say(text);
    await until(() => caller.ended !== null && server.lost.length === 1);
    expect(caller.ended).toBe(resetSeen);
    expect(server.heard.length).toBeLessThanOrEqual(5);
  });

  test("cuts without a word to anybody", async () => {
    const caller = await call();
    proxy.set("to-server", { cut: { afterBytes: 5, how: "silence" } });
    caller.say(text);
    await until(() => caller.heard === "01234");
    await aMoment();
    expect([caller.ended, server.lost]).toEqual([null, []]);
  });

  test("resets what is there, and lets others in", async () => {
    const caller = await call();
    proxy.reset();
    await until(() => caller.ended !== null && server.lost.length === 1);
    expect(caller.ended).toBe(resetSeen);
    const other = await call();
    other.say(text);
    await until(() => other.heard === text);
  });

  test.each<Way>(["to-server", "to-client"])(
    "swallows what goes %s, and keeps the connection",
    async (way) => {
      const caller = await call();
      proxy.set(way, { blackHole: "swallowed" });
      caller.say(text);
      await aMoment();
      await proxy.heal();
      caller.say(text);
      await aMoment();
      expect(server.heard).toBe(way === "to-server" ? "" : text + text);
      expect([caller.heard, caller.ended, server.lost]).toEqual(["", null, []]);
    },
  );

  test.each<Way>(["to-server", "to-client"])(
    "holds what goes %s until it is healed, and loses nothing",
    async (way) => {
      const caller = await call();
      proxy.set(way, { blackHole: "stuck" });
      caller.say(text);
      caller.socket.end();
      await aMoment();
      expect(caller.heard).toBe("");
      await proxy.heal();
      await until(() => caller.ended !== null);
      expect(caller.heard).toBe(text);
    },
  );

  test.each(["client", "server"] as const)(
    "leaves a connection half-open of which the %s is gone",
    async (gone) => {
      const caller = await call();
      proxy.halfOpen(gone);
      await until(() => (gone === "client" ? caller.ended !== null : server.lost.length === 1));
      await aMoment();
      if (gone === "client") expect(server.lost).toEqual([]);
      else expect(caller.ended).toBeNull();
    },
  );

  test("brings the end later than what was said before it", async () => {
    const caller = await call();
    proxy.set("to-server", { slowClose: { delayMs: 1_000 } });
    caller.say(text);
    caller.socket.end();
    await until(() => caller.heard === text);
    await clock.advance(999);
    await aMoment();
    expect(server.lost).toEqual([]);
    await clock.advance(1);
    await until(() => server.lost.length === 1);
  });

  test("refuses who comes, keeps who is there, and lets in again at the same place", async () => {
    const caller = await call();
    const { at } = proxy;
    await proxy.setDoor("refuses");
    await expect(Caller.to(at)).rejects.toMatchObject({ code: kind === "tcp" ? "ECONNREFUSED" : "ENOENT" });
    caller.say(text);
    await until(() => caller.heard === text);
    await proxy.heal();
    expect(proxy.at).toEqual(at);
    const other = await call();
    other.say(text);
    await until(() => other.heard === text);
  });

  test("resets who comes", async () => {
    await proxy.setDoor("resets");
    const ended = await Caller.to(proxy.at).then(
      async (caller) => {
        callers.push(caller);
        await until(() => caller.ended !== null);
        return caller.ended;
      },
      ({ code }: NodeJS.ErrnoException) => code,
    );
    expect([ended, proxy.accepted]).toEqual([resetSeen, 0]);
  });

  test("ends a connection whose server is not there", async () => {
    const lonely = await ChaosProxy.start({ to: { path: join(folder, "nobody") }, at: placeFor("lonely") });
    const caller = await Caller.to(lonely.at);
    callers.push(caller);
    await until(() => caller.ended !== null);
    await lonely[Symbol.asyncDispose]();
  });

  test("changes its mind in the middle of a connection", async () => {
    const caller = await call();
    const moods: Toxics[] = [
      { slicer: { pieceBytes: 1 } },
      { blackHole: "stuck" },
      { latency: { delayMs: 50 } },
      {},
    ];
    let said = "";
    for (let round = 0; round < 40; round += 1) {
      proxy.set("to-server", moods[round % moods.length]!);
      proxy.set("to-client", moods[(round * 3) % moods.length]!);
      const part = `${round}:${text.repeat(round)};`;
      said += part;
      caller.say(part);
      await clock.advance(20);
    }
    await proxy.heal();
    while (caller.heard.length < said.length) {
      await clock.advance(50);
      await aMoment();
    }
    expect(caller.heard).toBe(said);
  });
});
