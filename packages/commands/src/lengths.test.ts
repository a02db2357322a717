/** What is too long, or cannot be said at all, is told to whoever said it: it must not come between them and all else. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { collectFaults } from "@trofie/reactor/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Channel } from "./channel.ts";
import { EventPump } from "./event-pump.ts";
import { EventReader } from "./event-reader.ts";
import { Bakery } from "./testing/bakery.ts";
import { MemoryJournal } from "./testing/memory-journal.ts";
import { NarrowLine } from "./testing/narrow-line.ts";

let bakery: Bakery;

beforeEach(async () => {
  bakery = await Bakery.open();
});

afterEach(() => bakery.close());

/** A client, and how often it has connected. */
function connecting(options: Parameters<Bakery["client"]>[0] = {}) {
  const client = bakery.client(options);
  const times = { connected: 0 };
  client.listen({ connectionChanged: ({ kind }) => void (times.connected += kind === "connected" ? 1 : 0) });
  return { client, times };
}

describe("a call", () => {
  test.each([
    [
      "that is longer than a station reads",
      "x".repeat(70_000),
      "it is longer than the 65536 bytes that a station reads",
    ],
    ["that holds half of a surrogate pair", "rye \ud800", "it holds half of a surrogate pair"],
  ])("%s is refused to its caller, and keeps no other from its answer", async (_, kind, why) => {
    const { client, times } = connecting();
    const long = client.operate("bread.bake", { kind }).job;
    const cleaned = client.command("oven.clean", {});
    await expect(bakery.clock.run(long)).rejects.toMatchObject({
      name: "Refusal",
      message: expect.stringContaining(why) as string,
    });
    expect(await bakery.clock.run(cleaned)).toEqual({ times: 1 });
    expect(times.connected).toBe(1);
  });

  test("that JSON cannot say is refused to its caller", async () => {
    const { client } = connecting();
    const call = client.query("bread.list", { limit: 1n as unknown as number });
    await expect(bakery.clock.run(call)).rejects.toThrow(/^Cannot send bread.list: .*BigInt/);
  });

  test("whose answer is longer than a client takes is told so, once", async () => {
    const { client, times } = connecting();
    for (let i = 0; i < 5; i++)
      bakery.loaves.set(`l${i}`, { id: `l${i}`, kind: "k".repeat(1_000_000), done: false });
    await expect(bakery.clock.run(client.query("bread.list", { limit: 5 }))).rejects.toMatchObject({
      code: "INTERNAL",
      message: "Cannot answer bread.list: the answer is longer than a client takes",
    });
    expect(bakery.mistakes.splice(0)).toHaveLength(1);
    expect(times.connected).toBe(1);
  });

  test("whose answer takes its time on a narrow line is answered on the connection that is there", async () => {
    for (let i = 0; i < 2; i++)
      bakery.loaves.set(`l${i}`, { id: `l${i}`, kind: "k".repeat(500_000), done: false });
    const line = new NarrowLine(bakery, 20_000);
    const { client } = connecting({ connect: (receiver) => line.connect(receiver) });
    const { loaves } = await bakery.clock.run(client.query("bread.list", { limit: 2 }));
    expect(loaves).toHaveLength(2);
    expect(line.connections).toBe(1);
  });
});

test("a watcher keeps nothing of its snapshot once that was sent", async () => {
  const journal = new MemoryJournal();
  const items: WeakRef<object>[] = [];
  journal.snapshot = () =>
    Array.from({ length: 100 }, (_, i) => {
      const item = { text: `${i}` };
      items.push(new WeakRef(item));
      return { kind: "job", id: `${i}`, ended: true, item };
    });
  const sent: string[] = [];
  const channel: Channel = {
    bufferedBytes: 0,
    closed: new Promise(() => {}),
    send: (message) => void sent.push(message),
    close: () => {},
    abort: () => {},
  };
  const pump = new EventPump(channel, new EventReader(journal), null);
  pump.pump();
  await collected();
  expect(sent).toHaveLength(102);
  expect(items.filter((item) => item.deref() !== undefined)).toEqual([]);
  expect(pump.because).toBe("first");
});

/** The garbage collector has been. */
async function collected(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let i = 0; i < 3; i++) {
    await new Promise(setImmediate);
    collect();
  }
}

test("an event at which one listener throws is heard by the others", async () => {
  using faults = collectFaults();
  const { client } = connecting();
  const heard: number[] = [];
  client.listen({
    eventReceived: () => {
      throw new Error("a listener's mistake");
    },
  });
  client.listen({ eventReceived: ({ seq }) => void heard.push(seq) });
  await bakery.clock.advance(1_000);
  bakery.journal.publish("job.ended", "x", { id: "x", kind: "rye", done: true });
  await bakery.clock.advance(1_000);
  expect(heard).toEqual([1]);
  expect(faults.errors).not.toEqual([]);
});

test("a client that was stopped while it opened stays stopped", async () => {
  for (let ms = 0; ms < 10; ms++) {
    const { client } = connecting();
    await bakery.clock.advance(ms / 4);
    void client.stop();
    await bakery.clock.advance(1_000);
    expect([ms / 4, client.state.kind]).toEqual([ms / 4, "stopped"]);
  }
});

test("a client whose earlier commands cannot be read ends, and says why", async () => {
  const load = () => Promise.reject(new Error("EACCES: permission denied"));
  const { client } = connecting({ outbox: { load, save: () => {}, remove: () => {} } });
  await bakery.clock.advance(1_000);
  expect(client.state).toMatchObject({
    kind: "stopped",
    reason: "Cannot read the commands of an earlier life: EACCES: permission denied",
  });
});
