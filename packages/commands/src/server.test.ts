import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { highWaterBytes } from "./channel.ts";
import { StoreBroken } from "./errors.ts";
import { Bakery } from "./testing/bakery.ts";
import { RawPeer } from "./testing/raw-peer.ts";

const cmd = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, "0")}`;

let bakery: Bakery;
let peer: RawPeer;

beforeEach(async () => {
  bakery = await Bakery.open();
  peer = await RawPeer.connect(bakery);
});

afterEach(() => bakery.close());

const pass = (): Promise<void> => bakery.clock.advance(100);

async function opened(params: object = {}): Promise<void> {
  peer.open(params);
  await pass();
}

async function ask(id: number, method: string, params: object): Promise<Record<string, unknown>> {
  peer.say({ id, method, params });
  await pass();
  return peer.answer(id)!;
}

const codeOf = (answer: Record<string, unknown>): unknown =>
  (answer.error as { data: { code: unknown } }).data.code;

describe("a connection", () => {
  test("is greeted with versions and the way in, and told nothing else", () => {
    expect(peer.heard).toEqual([
      {
        jsonrpc: "2.0",
        method: "station.greet",
        params: { proto: [1], station: "bakery", auth: ["key"] },
      },
    ]);
  });

  test("that asks before it has opened is refused and closed", async () => {
    expect(codeOf(await ask(1, "bread.list", {}))).toBe("NOT_OPEN");
    expect(peer.notifications("goodbye")).toEqual([{ reason: "protocol" }]);
    expect(peer.lost).not.toBeNull();
  });

  test("that does not open in ten seconds is closed", async () => {
    await bakery.clock.advance(10_000);
    expect(peer.notifications("goodbye")).toEqual([{ reason: "auth-timeout" }]);
  });

  test("that shows the wrong key is refused and closed, and that is told", async () => {
    peer.open({ auth: { key: "wrong" } });
    await pass();
    expect(bakery.refused).toEqual([["key", "raw"]]);
    expect(codeOf(peer.answer(0)!)).toBe("AUTH_FAILED");
    expect(peer.notifications("goodbye")).toEqual([{ reason: "auth-failed" }]);
  });

  test("that speaks no version of ours is told which there are", async () => {
    peer.open({ proto: [2, 3] });
    await pass();
    expect(peer.answer(0)).toMatchObject({ error: { data: { code: "VERSION", proto: [1] } } });
  });

  test.each([
    [{ proto: 1 }, "proto"],
    [{ client: "me" }, "client"],
    [{ agent: 7 }, "agent"],
    [{ resume: 3 }, "resume"],
    [{ resume: { epoch: "e", since: 1.5 } }, "resume.since"],
    [{ resume: { epoch: "e", since: 1, head: 7 } }, "resume.head"],
  ])("that opens with %j is told which field is wrong", async (params, field) => {
    peer.open(params);
    await pass();
    expect(peer.answer(0)).toMatchObject({
      error: { message: expect.stringContaining(`${field} is not`) as string },
    });
  });

  test("gets an answer for each line that is not JSON, and is closed at the third", async () => {
    await opened();
    for (const expected of [1, 2, 3]) {
      peer.sendLine("not json");
      await pass();
      expect(peer.heard.filter(({ id }) => id === null)).toHaveLength(expected);
    }
    expect(peer.notifications("goodbye")).toEqual([{ reason: "protocol" }]);
  });

  test("gets an answer for bytes that are not UTF-8, and goes on", async () => {
    await opened();
    peer.transport.write(Uint8Array.of(0xff, 0xfe, 0x0a));
    await pass();
    expect(codeOf(peer.answer(null)!)).toBe("PARSE_ERROR");
    expect(await ask(1, "bread.list", {})).toMatchObject({ result: { loaves: [] } });
  });

  test("may send empty lines, with the ends of Windows too", async () => {
    peer.sendLine("");
    peer.sendLine("\r");
    await opened();
    expect(peer.answer(0)).toHaveProperty("result");
    expect(peer.answer(null)).toBeUndefined();
  });

  test("that sends a line above the limit is closed with a reason", async () => {
    await opened();
    peer.sendLine(JSON.stringify({ text: "x".repeat(70_000) }));
    await pass();
    expect(peer.notifications("goodbye")).toEqual([{ reason: "line-too-long" }]);
  });

  test("may send no more than 4 KiB in a line before it has opened", async () => {
    peer.say({ id: 1, method: "session.open", params: { agent: "x".repeat(5_000) } });
    await pass();
    expect(peer.notifications("goodbye")).toEqual([{ reason: "line-too-long" }]);
  });

  test("is pinged while it is silent, and given up after fifteen seconds without a byte", async () => {
    await opened();
    await bakery.clock.advance(14_000);
    expect(peer.notifications("ping").length).toBeGreaterThanOrEqual(2);
    expect(peer.lost).toBeNull();
    await bakery.clock.advance(10_000);
    expect(peer.notifications("goodbye")).toEqual([{ reason: "idle" }]);
  });

  test("is not given up while it waits for an answer, however long that takes", async () => {
    await opened();
    peer.say({ id: 1, method: "oven.heat", params: { minutes: 2 } });
    peer.say({ id: 2, method: "bread.list", params: {} });
    await bakery.clock.advance(121_000);
    expect(peer.answer(1)).toHaveProperty("result");
    expect(peer.answer(2)).toHaveProperty("result");
    expect(peer.notifications("goodbye")).toEqual([]);
  });

  test("that asks and asks and takes no answer is read no further than what one answer makes", async () => {
    await opened();
    for (let i = 0; i < 100; i += 1)
      bakery.loaves.set(`${i}`, { id: `${i}`, kind: "x".repeat(100), done: true });
    peer.transport.pauseReading();
    for (let id = 1; id <= 1_000; id += 1) peer.say({ id, method: "bread.list", params: { limit: 100 } });
    await bakery.clock.advance(5_000);
    expect(bakery.network.links[0]!.server.unsentBytes).toBeLessThan(2 * highWaterBytes);
    peer.transport.resumeReading();
    await bakery.clock.advance(20_000);
    expect(peer.answer(1_000)).toHaveProperty("result");
  });

  test("is told what it needs to know of the station when it has opened", async () => {
    await opened();
    expect(peer.answer(0)).toMatchObject({
      result: { proto: 1, role: "admin", epoch: "e1", pingMs: 5_000, deadMs: 15_000, features: [] },
    });
  });

  test("whose goodbye is not taken is cut two seconds later", async () => {
    await opened({ want: { events: true, progress: false } });
    peer.transport.pauseReading();
    for (let i = 0; i < 1_000; i += 1) bakery.journal.publish("job.ended", "a", { text: "x".repeat(500) });
    await pass();
    bakery.server.close("closing");
    expect(bakery.server.connections).toBe(1);
    await bakery.clock.advance(2_100);
    expect(bakery.server.connections).toBe(0);
  });

  test("of more strangers than a door bears is sent away until one of them has gone or has opened", async () => {
    bakery.mostUnopened = 2;
    const second = await RawPeer.connect(bakery);
    const third = await RawPeer.connect(bakery);
    expect(third.notifications("goodbye")).toEqual([{ reason: "rate", retryAfterMs: 1_000 }]);
    expect(third.notifications("station.greet")).toEqual([]);
    peer.open();
    await pass();
    const fourth = await RawPeer.connect(bakery);
    expect([second, fourth].map((stranger) => stranger.notifications("goodbye"))).toEqual([[], []]);
    await bakery.clock.advance(10_000);
    const fifth = await RawPeer.connect(bakery);
    expect(fifth.notifications("goodbye")).toEqual([]);
  });

  test("is left alone by whoever opens with its client's id and is somebody else", async () => {
    await opened();
    const other = bakery.server.accept({
      name: "cookie",
      authenticate: () => ({ principal: "page", role: "viewer" }),
    });
    const channel = { bufferedBytes: 0, closed: new Promise<string>(() => {}) };
    other.channelOpened({ ...channel, send: () => {}, close: () => {}, abort: () => {} });
    const client = "00000000-0000-4000-8000-000000000001";
    const params = { proto: [1], client, agent: "another" };
    void other.messageReceived(JSON.stringify({ jsonrpc: "2.0", id: 0, method: "session.open", params }));
    await pass();
    expect(other.principal).toBe("page");
    expect(peer.notifications("goodbye")).toEqual([]);
    other.channelLost();
  });

  test("of a client that opens again elsewhere is closed, and what it still sends does nothing", async () => {
    await opened();
    const second = await RawPeer.connect(bakery);
    second.open();
    peer.say({ id: 9, method: "bread.bake", params: { kind: "rye", cmd: cmd(1), epoch: "e1" } });
    await pass();
    expect(peer.notifications("goodbye")).toEqual([{ reason: "replaced" }]);
    expect(second.answer(0)).toHaveProperty("result");
    expect(bakery.loaves.size).toBe(0);
  });
});

describe("a request", () => {
  beforeEach(() => opened());

  test("for an unknown method is refused, and disturbs nothing else", async () => {
    expect(codeOf(await ask(1, "bread.burn", {}))).toBe("UNKNOWN_METHOD");
    expect(codeOf(await ask(2, "constructor", {}))).toBe("UNKNOWN_METHOD");
    expect(await ask(3, "bread.list", {})).toHaveProperty("result");
  });

  test("with wrong parameters is told which field is wrong", async () => {
    const answer = await ask(1, "bread.bake", { kind: 7, cmd: cmd(1), epoch: "e1" });
    expect(codeOf(answer)).toBe("INVALID_PARAMS");
    expect((answer.error as { message: string }).message).toContain("kind");
  });

  test("with a parameter that the method does not have is refused", async () => {
    expect(codeOf(await ask(1, "bread.list", { extra: 1 }))).toBe("INVALID_PARAMS");
  });

  test("with a parameter left out that has a default takes that", async () => {
    for (const id of ["a", "b", "c"]) bakery.loaves.set(id, { id, kind: "rye", done: true });
    const count = async (id: number, params: object): Promise<number> =>
      ((await ask(id, "bread.list", params)).result as { loaves: unknown[] }).loaves.length;
    expect([await count(1, {}), await count(2, { limit: 3 })]).toEqual([2, 3]);
  });

  test("needs the method's role", async () => {
    bakery.role = "viewer";
    const viewer = await RawPeer.connect(bakery);
    viewer.open({ client: "00000000-0000-4000-8000-000000000002" });
    viewer.say({ id: 1, method: "bread.list", params: {} });
    viewer.say({ id: 2, method: "bread.bake", params: { kind: "rye", cmd: cmd(1), epoch: "e1" } });
    await pass();
    expect(viewer.answer(1)).toHaveProperty("result");
    expect(codeOf(viewer.answer(2)!)).toBe("DENIED");
    expect(bakery.loaves.size).toBe(0);
  });

  test("is answered in its turn, though the one before it takes longer", async () => {
    for (let id = 1; id <= 20; id += 1)
      peer.say(
        id % 2 === 0
          ? { id, method: "bread.list", params: {} }
          : { id, method: "bread.bake", params: { kind: "rye", cmd: cmd(id), epoch: "e1" } },
      );
    await pass();
    const answered = peer.heard.filter((message) => "id" in message && message.id !== 0).map(({ id }) => id);
    expect(answered).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test("whose handler fails is answered INTERNAL, without a word of what failed, and the connection lives", async () => {
    const answer = await ask(1, "bread.bake", { kind: "stone", cmd: cmd(1), epoch: "e1" });
    expect(codeOf(answer)).toBe("INTERNAL");
    expect(JSON.stringify(answer)).not.toContain("stones");
    expect(bakery.mistakes).toHaveLength(1);
    expect(await ask(2, "bread.list", {})).toHaveProperty("result");
  });
});

describe("a command", () => {
  beforeEach(() => opened());
  const bake = (id: number, n: number, kind = "rye", epoch = "e1"): Promise<Record<string, unknown>> =>
    ask(id, "bread.bake", { kind, cmd: cmd(n), epoch });

  test("sent again gets the same answer, marked as replayed, and is not carried out again", async () => {
    expect(await bake(1, 1)).toMatchObject({ result: { job: "loaf-1" } });
    expect(await bake(2, 1)).toMatchObject({ result: { job: "loaf-1", replayed: true } });
    expect(bakery.loaves.size).toBe(1);
  });

  test("whose id was used for other content is refused and does nothing", async () => {
    await bake(1, 1, "rye");
    expect(codeOf(await bake(2, 1, "wheat"))).toBe("COMMAND_ID_REUSED");
    expect(bakery.loaves.size).toBe(1);
  });

  test("that was refused stays refused, though the reason is gone", async () => {
    bakery.hasFlour = false;
    expect(codeOf(await bake(1, 1))).toBe("NO_FLOUR");
    bakery.hasFlour = true;
    expect(await bake(2, 1)).toMatchObject({
      error: { data: { code: "NO_FLOUR", recorded: true, replayed: true } },
    });
    expect(bakery.loaves.size).toBe(0);
  });

  test("meant for another journal is refused, and stays refused", async () => {
    expect(codeOf(await bake(1, 1, "rye", "e0"))).toBe("EPOCH_CHANGED");
    expect(bakery.loaves.size).toBe(0);
  });

  test("that cannot be recorded is not carried out, and may be sent again", async () => {
    bakery.journal.isFull = true;
    expect(await bake(1, 1)).toMatchObject({
      error: { data: { code: "UNAVAILABLE", final: false, recorded: false } },
    });
    expect(bakery.loaves.size).toBe(0);
    bakery.journal.isFull = false;
    expect(await bake(2, 1)).toMatchObject({ result: { job: "loaf-1" } });
  });

  test("of which nobody knows what became is not answered, nor is any after it", async () => {
    bakery.journal.breaks = new StoreBroken("the flush failed");
    expect(await bake(1, 1)).toBeUndefined();
    expect(peer.lost).not.toBeNull();
    bakery.journal.breaks = null;
    const second = await RawPeer.connect(bakery);
    second.open();
    second.say({ id: 1, method: "bread.bake", params: { kind: "rye", cmd: cmd(2), epoch: "e1" } });
    await pass();
    expect([second.answer(1), bakery.loaves.size]).toEqual([undefined, 0]);
    expect(bakery.mistakes).toEqual([new StoreBroken("the flush failed")]);
  });

  test.each([
    ["without an id", { kind: "rye", epoch: "e1" }],
    ["with an id that is no UUID", { kind: "rye", cmd: "1", epoch: "e1" }],
    ["without an epoch", { kind: "rye", cmd: cmd(1) }],
  ])("%s is refused", async (_, params) => {
    expect(codeOf(await ask(1, "bread.bake", params))).toBe("INVALID_PARAMS");
  });
});

describe("a watcher", () => {
  const events = (of = peer): unknown[] => of.notifications("event").map(({ seq }) => seq);
  const want = { events: true, progress: true };

  test("gets a snapshot, then every event after it", async () => {
    bakery.journal.publish("job.ended", "a", {});
    bakery.journal.items.push({ kind: "job", id: "a", ended: true, item: { is: "a" } });
    await opened({ want });
    bakery.journal.publish("job.ended", "b", {});
    await pass();
    expect(peer.notifications("snapshot.begin")).toEqual([{ seq: 1, items: 1, because: "first" }]);
    expect(peer.notifications("snapshot.item")).toEqual([
      { kind: "job", id: "a", ended: true, item: { is: "a" } },
    ]);
    expect(peer.notifications("snapshot.end")).toEqual([{ seq: 1, head: "history-1" }]);
    expect(events()).toEqual([2]);
    expect(peer.notifications("event")[0]!.head).toBe("history-2");
  });

  test("that comes back gets what it missed, and no snapshot", async () => {
    for (let i = 0; i < 200; i += 1) bakery.journal.publish("job.ended", "a", { i });
    await opened({ want, resume: { epoch: "e1", since: 50 } });
    expect(peer.notifications("snapshot.begin")).toEqual([]);
    expect(events()).toEqual(Array.from({ length: 150 }, (_, i) => 51 + i));
  });

  test.each([
    ["of another journal", { epoch: "e0", since: 1 }, "other-journal"],
    ["from the future", { epoch: "e1", since: 100, head: "history-100" }, "rolled-back"],
    ["from before the beginning", { epoch: "e1", since: -1 }, "too-old"],
    ["in another history", { epoch: "e1", since: 1, head: "another-1" }, "rewritten"],
  ])("with a place %s gets a snapshot, and is told why", async (_, resume, because) => {
    bakery.journal.publish("job.ended", "a", {});
    await opened({ want, resume });
    expect(peer.notifications("snapshot.begin")).toEqual([{ seq: 1, items: 0, because }]);
    expect(peer.notifications("snapshot.end")).toEqual([{ seq: 1, head: "history-1" }]);
    const isDoubted = because === "rolled-back" || because === "rewritten";
    expect(bakery.doubts.map(({ how, since }) => [how, since])).toEqual(
      isDoubted ? [[because, resume.since]] : [],
    );
  });

  test.each([null, "history-1"])("that shows %j as the chain's value goes on where it was", async (head) => {
    for (const job of ["a", "b"]) bakery.journal.publish("job.ended", job, {});
    await opened({ want, resume: { epoch: "e1", since: 1, head } });
    expect([peer.notifications("snapshot.begin"), events()]).toEqual([[], [2]]);
  });

  test("for whom the journal cannot be read is cut, and it is told to the log", async () => {
    await opened({ want });
    bakery.journal.read = () => {
      throw new StoreBroken("the disk is gone");
    };
    bakery.journal.publish("job.ended", "a", {});
    await pass();
    expect(peer.lost).not.toBeNull();
    expect(bakery.mistakes).toEqual([new StoreBroken("the disk is gone")]);
  });

  test("that does not read for a while loses no event, and sees only the newest progress", async () => {
    await opened({ want });
    peer.transport.pauseReading();
    for (let i = 1; i <= 2_000; i += 1) bakery.journal.publish("job.ended", "a", { text: "x".repeat(500) });
    for (let i = 1; i <= 1_000; i += 1) bakery.server.progress("a", { job: "a", degrees: i });
    await pass();
    peer.transport.resumeReading();
    await bakery.clock.advance(5_000);
    expect(events()).toEqual(Array.from({ length: 2_000 }, (_, i) => i + 1));
    const seen = peer.notifications("progress").map(({ degrees }) => degrees as number);
    expect(seen.at(-1)).toBe(1_000);
    expect(seen.length).toBeLessThan(1_000);
  });

  test("that takes nothing for half a minute is sent away, and goes on where it was when it comes back", async () => {
    await opened({ want });
    peer.transport.pauseReading();
    const chatter = bakery.clock.nowMs();
    for (let i = 1; i <= 2_000; i += 1) bakery.journal.publish("job.ended", "a", { text: "x".repeat(500) });
    while (peer.lost === null && bakery.clock.nowMs() - chatter < 60_000) {
      peer.say({ method: "ping", params: {} });
      await bakery.clock.advance(5_000);
    }
    expect(bakery.clock.nowMs() - chatter).toBeLessThan(45_000);
    expect(bakery.server.connections).toBe(0);
    const back = await RawPeer.connect(bakery);
    back.open({ want, resume: { epoch: "e1", since: 0 } });
    await bakery.clock.advance(5_000);
    expect(events(back)).toEqual(Array.from({ length: 2_000 }, (_, i) => i + 1));
  });

  test("that is closed while it is behind costs no more reading of the journal", async () => {
    await opened({ want });
    peer.transport.pauseReading();
    for (let i = 0; i < 5_000; i += 1) bakery.journal.publish("job.ended", "a", { text: "x".repeat(500) });
    await pass();
    bakery.server.close("closing");
    let reads = 0;
    const { journal } = bakery;
    const read = journal.read.bind(journal);
    journal.read = (since, limit) => {
      reads += 1;
      return read(since, limit);
    };
    peer.transport.resumeReading();
    await bakery.clock.advance(10_000);
    expect(peer.notifications("goodbye")).toEqual([{ reason: "closing" }]);
    expect(reads).toBe(0);
  });

  test("that wants no events gets none", async () => {
    await opened();
    bakery.journal.publish("job.ended", "a", {});
    bakery.server.progress("a", { job: "a", degrees: 1 });
    await pass();
    expect(events()).toEqual([]);
    expect(peer.notifications("progress")).toEqual([]);
  });
});
