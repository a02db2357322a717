import { collectFaults } from "@trofie/reactor/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Client, ConnectionState } from "./client.ts";
import { Bakery, type bakeryContract, type Loaf } from "./testing/bakery.ts";
import { RawPeer } from "./testing/raw-peer.ts";

let bakery: Bakery;

beforeEach(async () => {
  bakery = await Bakery.open();
});

afterEach(() => bakery.close());

const run = <T>(promise: Promise<T>): Promise<T> => bakery.clock.run(promise);

/** What a client was told, in order. */
function record(client: Client<typeof bakeryContract>): {
  states: ConnectionState["kind"][];
  seqs: number[];
  snapshots: number;
} {
  const heard = { states: [] as ConnectionState["kind"][], seqs: [] as number[], snapshots: 0 };
  client.listen({
    connectionChanged: ({ kind }) => heard.states.push(kind),
    eventReceived: ({ seq }) => heard.seqs.push(seq),
    snapshotReceived: () => (heard.snapshots += 1),
  });
  return heard;
}

describe("a client", () => {
  test("asks, commands and starts jobs", async () => {
    const client = bakery.client();
    const baking = client.operate("bread.bake", { kind: "rye" });
    expect(await run(baking.job)).toBe("loaf-1");
    expect(await run(client.query("bread.list", {}))).toEqual({
      loaves: [{ id: "loaf-1", kind: "rye", done: false }],
    });
    expect(await run(client.command("oven.clean", {}))).toEqual({ times: 1 });
    bakery.finish("loaf-1");
    expect(await run(baking.result)).toEqual({ id: "loaf-1", kind: "rye", done: true });
  });

  test("rejects with the station's refusal", async () => {
    bakery.hasFlour = false;
    const baking = bakery.client().operate("bread.bake", { kind: "rye" });
    await expect(run(baking.job)).rejects.toMatchObject({ name: "Refusal", code: "NO_FLOUR" });
    await expect(run(baking.result)).rejects.toMatchObject({ code: "NO_FLOUR" });
  });

  test("keeps a command until there is a connection", async () => {
    bakery.network.mood = "refusing";
    const baking = bakery.client().operate("bread.bake", { kind: "rye" });
    await bakery.clock.advance(60_000);
    expect(bakery.loaves.size).toBe(0);
    bakery.network.mood = "normal";
    expect(await run(baking.job)).toBe("loaf-1");
  });

  test("tries at least every two seconds during the first minute", async () => {
    bakery.network.mood = "refusing";
    const attempts: number[] = [];
    const client = bakery.client();
    client.listen({
      connectionChanged: ({ kind }) => kind === "connecting" && attempts.push(bakery.clock.nowMs()),
    });
    await bakery.clock.advance(60_000);
    const gaps = attempts.slice(1).map((at, i) => at - attempts[i]!);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2_100);
  });

  test("sends a command again while the station cannot record it, and once it can it is done once", async () => {
    bakery.journal.isFull = true;
    const cleaning = bakery.client().command("oven.clean", {});
    await bakery.clock.advance(5_000);
    bakery.journal.isFull = false;
    expect(await run(cleaning)).toEqual({ times: 1 });
    expect(bakery.cleanings).toBe(1);
  });

  test("tells its listener why a command waits while the station cannot record it", async () => {
    bakery.journal.isFull = true;
    const client = bakery.client();
    const reasons: string[] = [];
    client.listen({ callPostponed: ({ code, message }, method) => reasons.push(code, message, method) });
    const cleaning = client.command("oven.clean", {});
    await bakery.clock.advance(500);
    expect(reasons).toEqual([
      "UNAVAILABLE",
      "Cannot record the command now: the journal is full",
      "oven.clean",
    ]);
    bakery.journal.isFull = false;
    await run(cleaning);
  });

  test("hears every event once, in order, over any number of connections", async () => {
    const client = bakery.client();
    const heard = record(client);
    await bakery.clock.advance(1_000);
    for (let i = 0; i < 100; i += 1) {
      bakery.journal.publish("job.ended", `job ${i}`, {});
      if (i % 7 === 0) bakery.network.links.at(-1)!.reset();
      await bakery.clock.advance(50);
    }
    await bakery.clock.advance(5_000);
    expect(heard.seqs).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(heard.snapshots).toBe(1);
  });

  test("gives up a connection whose other end fell silent, and comes back", async () => {
    const client = bakery.client();
    await bakery.clock.advance(1_000);
    bakery.network.links.at(-1)!.silence();
    const cleaning = client.command("oven.clean", {});
    expect(await run(cleaning)).toEqual({ times: 1 });
    expect(bakery.network.links.length).toBeGreaterThan(1);
    expect(bakery.cleanings).toBe(1);
  });

  test.each([
    ["silence", () => bakery.network.links.at(-1)!.silence(), "the station has fallen silent"],
    ["goodbye as it ends", () => bakery.server.close("closing"), "the station has ended"],
    ["goodbye as it restarts", () => bakery.server.close("restarting"), "the station has ended"],
    ["reset", () => bakery.network.links.at(-1)!.reset(), "the connection was cut (read ECONNRESET)"],
  ])("says why it has no connection after a %s", async (_, end, reason) => {
    const client = bakery.client();
    await bakery.clock.advance(1_000);
    const reasons: string[] = [];
    client.listen({ connectionChanged: (state) => state.kind === "waiting" && reasons.push(state.reason) });
    end();
    await bakery.clock.advance(30_000);
    expect(reasons[0]).toBe(reason);
  });

  test.each(["silent", "mute"])("tries again when a station is %s for ten seconds", async (how) => {
    if (how === "silent") bakery.network.mood = "silent";
    else bakery.network.onLink = (link) => bakery.network.links.length === 1 && link.silence();
    const cleaning = bakery.client().command("oven.clean", {});
    await bakery.clock.advance(9_000);
    bakery.network.mood = "normal";
    expect(await run(cleaning)).toEqual({ times: 1 });
    expect(bakery.clock.nowMs()).toBeLessThan(15_000);
  });

  test("does not wait for the result of a job that the station's new journal does not know", async () => {
    const client = bakery.client();
    const baking = client.operate("bread.bake", { kind: "rye" });
    await run(baking.job);
    Object.assign(bakery.journal, { epoch: "e2" });
    bakery.network.links.at(-1)!.reset();
    await expect(run(baking.result)).rejects.toThrow("the station has another journal");
  });

  test("lets a mistake of its listener be seen, and comes back", async () => {
    using faults = collectFaults();
    const client = bakery.client();
    let calls = 0;
    client.listen({
      eventReceived: () => {
        calls += 1;
        if (calls === 1) throw new TypeError("a mistake");
      },
    });
    await bakery.clock.advance(1_000);
    bakery.journal.publish("job.ended", "a", {});
    await bakery.clock.advance(5_000);
    bakery.journal.publish("job.ended", "b", {});
    await bakery.clock.advance(5_000);
    expect(calls).toBe(2);
    expect(faults.errors).toEqual([new TypeError("a mistake")]);
  });

  test("stops, and says why, when it is not let in", async () => {
    const client = bakery.client({ auth: {} });
    const cleaning = client.command("oven.clean", {});
    await expect(run(cleaning)).rejects.toThrow("the token is missing or wrong");
    await bakery.clock.advance(10_000);
    expect(client.state).toMatchObject({ kind: "stopped" });
    expect(bakery.network.links).toHaveLength(1);
  });

  test.each([
    ["has another journal", () => Object.assign(bakery.journal, { epoch: "e2" }), "other-journal"],
    ["has an older copy of its journal", () => bakery.journal.rows.splice(1), "rolled-back"],
    ["has a journal that was changed", () => (bakery.journal.history = "another"), "rewritten"],
  ])("is told when its station %s, and waits for no job that is not known there", async (_, change, how) => {
    const client = bakery.client();
    const told: string[] = [];
    const baking = client.operate("bread.bake", { kind: "rye" });
    await run(baking.job);
    bakery.journal.publish("job.ended", "another", {});
    await bakery.clock.advance(1_000);
    client.listen({
      stationForgot: (said) => told.push(said),
      snapshotReceived: () => told.push("snapshot"),
    });
    change();
    bakery.network.links.at(-1)!.reset();
    await expect(run(baking.result)).rejects.toThrow("look at the disk");
    await bakery.clock.advance(5_000);
    expect(told).toEqual([how, "snapshot"]);
    bakery.network.links.at(-1)!.reset();
    await bakery.clock.advance(5_000);
    expect(told).toEqual([how, "snapshot"]);
  });

  test("still hears of a job that an older copy of the journal knows", async () => {
    const client = bakery.client();
    const baking = client.operate("bread.bake", { kind: "rye" });
    const job = await run(baking.job);
    bakery.journal.publish("job.ended", "another", {});
    await bakery.clock.advance(1_000);
    bakery.journal.items.push({ kind: "job", id: job, ended: false, item: bakery.loaves.get(job) });
    bakery.journal.rows.splice(1);
    bakery.journal.history = "older";
    bakery.network.links.at(-1)!.reset();
    await bakery.clock.advance(5_000);
    bakery.finish(job);
    expect(await run(baking.result)).toMatchObject({ done: true });
  });

  test.each([
    ["restarting", 500],
    ["slow", 1_000],
  ] as const)("that is told goodbye as %s stays away as long as it is asked to", async (reason, askedMs) => {
    const client = bakery.client();
    await bakery.clock.advance(1_000);
    const waits: number[] = [];
    client.listen({
      connectionChanged: (state) => state.kind === "waiting" && waits.push(state.retryInMs),
    });
    bakery.server.close(reason);
    await bakery.clock.advance(5_000);
    expect(waits[0]).toBeGreaterThanOrEqual(askedMs);
    expect(waits[0]).toBeLessThanOrEqual(1.5 * askedMs);
    expect(client.state.kind).toBe("connected");
  });

  test.each([1, 60])("stops when another one opens under its id %i s after it", async (seconds) => {
    const first = bakery.client();
    await bakery.clock.advance(seconds * 1_000);
    const second = bakery.client({ client: first.id });
    await bakery.clock.advance(60_000);
    expect(first.state.kind).toBe("stopped");
    expect(second.state.kind).toBe("connected");
  });

  test("comes back when the opening of its own predecessor arrives after its own", async () => {
    const predecessor = await RawPeer.connect(bakery);
    const client = bakery.client({ client: "00000000-0000-4000-8000-000000000001" });
    await bakery.clock.advance(1_000);
    predecessor.open();
    expect(await run(client.command("oven.clean", {}))).toEqual({ times: 1 });
    await bakery.clock.advance(60_000);
    expect(client.state.kind).toBe("connected");
  });

  test("comes back from that as often as it takes, if it was connected in peace between", async () => {
    const client = bakery.client({ client: "00000000-0000-4000-8000-000000000001" });
    for (let outage = 0; outage < 5; outage += 1) {
      await bakery.clock.advance(60_000);
      bakery.network.links.at(-1)!.reset();
      await bakery.clock.advance(3_000);
      (await RawPeer.connect(bakery)).open();
      await bakery.clock.advance(3_000);
    }
    await bakery.clock.advance(60_000);
    expect(client.state.kind).toBe("connected");
  });

  test("that is stopped rejects what has no answer", async () => {
    bakery.network.mood = "refusing";
    const client = bakery.client();
    const cleaning = client.command("oven.clean", {});
    void client.stop();
    await expect(run(cleaning)).rejects.toThrow("Cannot tell what became of oven.clean");
    await expect(run(client.query("bread.list", {}))).rejects.toThrow(
      "Cannot tell what became of bread.list",
    );
  });

  test("follows a job's progress, the newest at each look, to its end", async () => {
    const client = bakery.client();
    const baking = client.operate("bread.bake", { kind: "rye" });
    const job = await run(baking.job);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { degrees } of baking.progress) seen.push(degrees);
    })();
    for (let degrees = 1; degrees <= 10; degrees += 1) {
      bakery.server.progress(job, { job, degrees });
      await bakery.clock.advance(100);
    }
    bakery.finish(job);
    await run(reading);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("hears of each change of a job, of those too that came before its id and while it was away", async () => {
    const client = bakery.client();
    const baking = client.operate("bread.bake", { kind: "rye" });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { kind } of baking.changes) seen.push(kind);
    })();
    const job = await run(baking.job);
    await bakery.clock.advance(100);
    expect(seen).toEqual(["rye"]);
    const change = (kind: string): void => {
      bakery.loaves.set(job, { id: job, kind, done: false });
      bakery.journal.publish("job.resting", job, bakery.loaves.get(job));
    };
    change("rye, cold");
    await bakery.clock.advance(100);
    bakery.network.mood = "refusing";
    bakery.network.links.at(-1)!.reset();
    await bakery.clock.advance(1_000);
    change("rye, stale");
    bakery.network.mood = "normal";
    await bakery.clock.advance(5_000);
    bakery.finish(job);
    await run(reading);
    expect(seen).toEqual(["rye", "rye, cold", "rye, stale", "rye, stale"]);
  });

  test("learns a job's result though the job ended while it was away", async () => {
    const client = bakery.client();
    const baking = client.operate("bread.bake", { kind: "rye" });
    const job = await run(baking.job);
    bakery.network.mood = "refusing";
    bakery.network.links.at(-1)!.reset();
    await bakery.clock.advance(1_000);
    bakery.finish(job);
    bakery.network.mood = "normal";
    expect(await run(baking.result)).toMatchObject({ done: true });
  });
});

/** Cuts after 0, 1, 2 … bytes, until the whole story fits in before the cut. */
describe.each(["to-server", "to-client"] as const)(
  "a connection that is cut %s after any byte",
  (direction) => {
    test("starts exactly one job, whose result arrives", async () => {
      let wasCut = true;
      let cuts = 0;
      for (let bytes = 0; wasCut; bytes += 1) {
        const cut = await Bakery.open(bytes);
        wasCut = false;
        cut.network.onLink = (link) => {
          if (cut.network.links.length === 1) link.cutAfter(direction, bytes);
        };
        const client = cut.client();
        const baking = client.operate("bread.bake", { kind: "rye" });
        const job = await cut.clock.run(baking.job);
        cut.finish(job);
        const loaf: Loaf = await cut.clock.run(baking.result);
        expect([loaf.id, cut.loaves.size, cut.mistakes]).toEqual(["loaf-1", 1, []]);
        wasCut = cut.network.links.length > 1;
        if (wasCut) cuts += 1;
        await cut.close();
      }
      expect(cuts).toBeGreaterThan(200);
    });
  },
);
