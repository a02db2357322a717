import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Client } from "./client.ts";
import { Refusal } from "./errors.ts";
import { Bakery, type bakeryContract } from "./testing/bakery.ts";
import { MemoryOutbox } from "./testing/memory-outbox.ts";

const id = "00000000-0000-4000-8000-00000000000a";
let bakery: Bakery;
let outbox: MemoryOutbox;

beforeEach(async () => {
  bakery = await Bakery.open();
  outbox = new MemoryOutbox();
});

afterEach(() => bakery.close());

const run = <T>(promise: Promise<T>): Promise<T> => bakery.clock.run(promise);
const client = (): Client<typeof bakeryContract> => bakery.client({ client: id, outbox });

/** The next life of the client: what it is told of the commands of the one before. */
async function nextLife(): Promise<unknown[]> {
  const verdicts: unknown[] = [];
  const next = client();
  next.listen({ earlierCommandSettled: ({ method }, verdict) => verdicts.push([method, verdict]) });
  await bakery.clock.advance(5_000);
  return verdicts;
}

describe("a client that dies", () => {
  test("after any byte of its talk is told the verdict in its next life, and the command is carried out once", async () => {
    let remembered = 0;
    for (let bytes = 300; bytes < 900; bytes += 7) {
      bakery = await Bakery.open(bytes);
      outbox = new MemoryOutbox();
      bakery.network.onLink = (link) => {
        if (bakery.network.links.length === 1) link.cutAfter("to-client", bytes);
      };
      const first = client();
      const job = first.operate("bread.bake", { kind: "rye" }).job.catch(() => null);
      await bakery.clock.advance(100);
      const wasSent = outbox.commands.size > 0;
      await run(first.stop());
      const verdicts = await nextLife();
      if (wasSent) {
        remembered += 1;
        expect(verdicts).toEqual([["bread.bake", expect.objectContaining({ job: "loaf-1" })]]);
      } else expect([verdicts, bakery.loaves.size]).toEqual([[], (await job) === null ? 0 : 1]);
      expect(outbox.commands.size).toBe(0);
      await bakery.close();
    }
    expect(remembered).toBeGreaterThan(10);
    bakery = await Bakery.open();
  });

  test("with a command that is refused is told the refusal", async () => {
    bakery.hasFlour = false;
    outbox.save({
      cmd: "01900000-0000-7000-8000-000000000001",
      method: "bread.bake",
      params: { cmd: "01900000-0000-7000-8000-000000000001", epoch: "e1", kind: "rye" },
    });
    expect(await nextLife()).toEqual([["bread.bake", expect.any(Refusal)]]);
    expect(outbox.commands.size).toBe(0);
  });

  test("with a command for another journal is told so, and nothing is carried out", async () => {
    outbox.save({
      cmd: "01900000-0000-7000-8000-000000000001",
      method: "bread.bake",
      params: { cmd: "01900000-0000-7000-8000-000000000001", epoch: "e0", kind: "rye" },
    });
    expect(await nextLife()).toEqual([["bread.bake", expect.objectContaining({ code: "EPOCH_CHANGED" })]]);
    expect(bakery.loaves.size).toBe(0);
  });

  test("before a command could be sent has nothing to remember", async () => {
    bakery.network.mood = "refusing";
    const first = client();
    first.command("oven.clean", {}).catch(() => {});
    await bakery.clock.advance(1_000);
    await run(first.stop());
    expect(outbox.commands.size).toBe(0);
  });
});

describe("a client", () => {
  test("saves no query, and forgets a command whose verdict it has", async () => {
    const own = client();
    await run(own.query("bread.list", {}));
    await run(own.command("oven.clean", {}));
    expect(outbox.commands.size).toBe(0);
  });

  test("that cannot save a command does not send it, and says so", async () => {
    outbox.isFull = true;
    await expect(run(client().command("oven.clean", {}))).rejects.toMatchObject({ name: "NotSentError" });
    expect(bakery.cleanings).toBe(0);
  });

  test("whose store cannot forget a command takes its verdict all the same", async () => {
    const stubborn = {
      load: () => [],
      save: () => {},
      remove: () => {
        throw new Error("the file system is read-only");
      },
    };
    bakery.hasFlour = false;
    const own = bakery.client({ outbox: stubborn });
    await expect(run(own.operate("bread.bake", { kind: "rye" }).job)).rejects.toMatchObject({
      code: "NO_FLOUR",
    });
    expect(await run(own.command("oven.clean", {}))).toEqual({ times: 1 });
  });

  test("sends its commands in the order in which they were given, however long saving one takes", async () => {
    const saved: Promise<void>[] = [];
    const slow = {
      load: () => [],
      remove: () => {},
      save: () => {
        const delayMs = saved.length === 0 ? 1_000 : 0;
        saved.push(new Promise((resolve) => bakery.clock.callLater(delayMs, resolve)));
        return saved.at(-1);
      },
    };
    const own = bakery.client({ outbox: slow });
    const baking = ["rye", "wheat"].map((kind) => own.operate("bread.bake", { kind }).job);
    expect(await run(Promise.all(baking))).toEqual(["loaf-1", "loaf-2"]);
    expect([...bakery.loaves.values()].map(({ kind }) => kind)).toEqual(["rye", "wheat"]);
  });
});

describe("a command of an earlier life", () => {
  const cmd = "01900000-0000-7000-8000-000000000001";
  const baking = { cmd, method: "bread.bake", params: { cmd, epoch: "e1", kind: "rye" } };
  const nextClient = async (): Promise<ReturnType<typeof client>> => {
    const next = bakery.client();
    await run(next.query("bread.list", {}));
    return next;
  };

  test("that is sent again is carried out, once, and answered the same ever after", async () => {
    const next = await nextClient();
    expect(await run(next.sendAgain(baking))).toEqual({ job: "loaf-1" });
    expect(await run(next.sendAgain(baking))).toEqual({ job: "loaf-1", replayed: true });
    expect(bakery.loaves.size).toBe(1);
  });

  test("that never arrived and is taken back is refused whenever it comes", async () => {
    const next = await nextClient();
    expect(await run(next.takeBack(baking))).toBeNull();
    expect(bakery.journal.find(cmd)?.verdict).toMatchObject({
      refused: {
        code: "EPOCH_CHANGED",
        message: "Cannot carry out the command: whoever gave it has taken it back",
      },
    });
    await expect(run(next.sendAgain(baking))).rejects.toMatchObject({ code: "COMMAND_ID_REUSED" });
    expect(await run(next.takeBack(baking))).toBeNull();
    expect(bakery.loaves.size).toBe(0);
  });

  test("that was carried out and is taken back gives its answer", async () => {
    const next = await nextClient();
    await run(next.sendAgain(baking));
    expect(await run(next.takeBack(baking))).toEqual({ job: "loaf-1", replayed: true });
    expect(bakery.loaves.size).toBe(1);
  });

  test("that was refused and is taken back gives its refusal, and the world's change does not help it", async () => {
    const next = await nextClient();
    bakery.hasFlour = false;
    await expect(run(next.sendAgain(baking))).rejects.toMatchObject({ code: "NO_FLOUR" });
    bakery.hasFlour = true;
    await expect(run(next.takeBack(baking))).rejects.toMatchObject({ code: "NO_FLOUR" });
  });

  test("cannot be asked after while there is no connection", async () => {
    const next = await nextClient();
    bakery.network.mood = "refusing";
    bakery.network.links.at(-1)!.reset();
    await bakery.clock.advance(100);
    await expect(run(next.sendAgain(baking))).rejects.toMatchObject({ name: "ConnectionLostError" });
    await expect(run(next.takeBack(baking))).rejects.toMatchObject({ name: "ConnectionLostError" });
  });
});
