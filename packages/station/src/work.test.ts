import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Client } from "@trofie/commands";
import type { JobState, StationContract } from "@trofie/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StationInMemory } from "./testing/station-in-memory.ts";

let world: StationInMemory;
let client: Client<StationContract>;

beforeEach(async () => {
  world = await StationInMemory.open();
  client = world.client();
});

afterEach(async () => {
  await world.close();
  expect(world.errors).toEqual([]);
});

const state = async (id: string): Promise<JobState> => (await world.job(client, id)).state;
const path = "/dev/a";

describe("every kind of work", () => {
  const begin: Readonly<Record<string, () => Promise<string>>> = {
    "Zeros, one pass": () => world.erase(client, path),
    "Verify 92 49 24": () => world.operate(client, "verify.start", { path, expect: { hex: "924924" } }),
    "Write debian.img.xz": () => world.writeImage(client, path),
    "Read into a.img": () => world.operate(client, "image.read", { path, image: "a.img" }),
    "Health check": () => world.operate(client, "health.check", { path }),
    "Spin down": () => world.operate(client, "device.spinDown", { path }),
    Unmount: () => world.operate(client, "device.unmount", { path }),
  };

  test.each(Object.entries(begin))("becomes a job: %s", async (title, start) => {
    const id = await start();
    await world.pass();
    const job = await world.job(client, id);
    expect(job).toMatchObject({ id, title, state: "running", path });
    expect(world.process(0).order).toMatchObject({ job: id, plan: { kind: job.kind, path } });
    world.process(0).finish("done");
    await world.pass();
    expect(await state(id)).toBe("done");
  });
});

describe("what destroys", () => {
  test("has the options that were given, and the defaults of those that were not", async () => {
    const asked = { path, method: "zero", rounds: 3, stream: "aes-256-ctr" } as const;
    const { plan, hash } = await world.run(client.query("erase.plan", asked));
    expect(plan).toMatchObject({ rounds: 3, stream: "aes-256-ctr", reading: "full" });
    const typed = plan.confirm.word;
    const id = await world.run(client.operate("erase.start", { ...asked, hash, typed }).job);
    expect((await world.job(client, id)).title).toBe("Zeros, one pass, 3 rounds");
    const other = client.operate("erase.start", { ...asked, rounds: 2, hash, typed });
    await expect(world.run(other.job)).rejects.toMatchObject({ code: "PLAN_CHANGED" });
  });

  test("is started only with the word of its plan, also when it is an image", async () => {
    const asked = { path, image: "debian.img.xz" };
    const { plan, hash } = await world.run(client.query("image.plan", asked));
    const start = (given: { hash: string; typed: string }): Promise<string> =>
      world.run(client.operate("image.write", { ...asked, ...given }).job);
    await expect(start({ hash, typed: "yes" })).rejects.toMatchObject({
      code: "WRONG_CONFIRMATION",
      message: `Cannot write to /dev/a: the word to type is ${plan.confirm.word}, the last four of the serial`,
    });
    await expect(start({ hash: "0".repeat(64), typed: plan.confirm.word })).rejects.toMatchObject({
      code: "PLAN_CHANGED",
    });
    expect(world.host.processes).toEqual([]);
    await start({ hash, typed: plan.confirm.word });
    await world.pass();
    expect(world.host.processes).toHaveLength(1);
  });
});

describe("a job's seed", () => {
  test("is drawn for the job, kept with it, and told in its report alone", async () => {
    const said: string[] = [];
    client.listen({ eventReceived: (event) => said.push(JSON.stringify(event)) });
    const ids = [await world.erase(client, path), await world.erase(client, "/dev/b")];
    await world.pass();
    const seeds = world.host.processes.map(({ order }) => order.seedHex);
    expect(new Set(seeds).size).toBe(2);
    world.process(0).finish("erased");
    await world.pass();
    expect(said.join()).not.toContain(seeds[0]);
    const report = readFileSync(join(world.station.listening.reportsPath, `${ids[0]}.json`), "utf8");
    expect(JSON.parse(report)).toMatchObject({ seedHex: seeds[0] });
  });

  test("is in the journal as soon as the job is", async () => {
    world.host.start = () => new Promise(() => {});
    const id = await world.erase(client, path);
    await world.kill();
    const journal = new DatabaseSync(join(world.statePath, "journal.sqlite"));
    const row = journal.prepare("SELECT seed FROM job WHERE id = ?").get(id);
    journal.close();
    await world.start();
    expect(row).toEqual({ seed: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });
});

describe("a verification of what a job has left", () => {
  const verify = (job: string, of = path): Promise<string> =>
    world.operate(client, "verify.start", { path: of, expect: { job } });

  test("is planned with that job's plan and seed", async () => {
    const job = await world.erase(client, path);
    await world.pass();
    world.process(0).finish("erased");
    await world.pass();
    await verify(job);
    await world.pass();
    expect(world.host.left).toEqual([world.process(0).order]);
    expect(world.process(1).order.plan).toMatchObject({ kind: "verify", ofJob: job });
  });

  test("is refused where there is no such job, it has not ended well, or was on another disk", async () => {
    await expect(verify("j_1")).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
    const job = await world.erase(client, path);
    await world.pass();
    await expect(verify(job)).rejects.toMatchObject({
      code: "JOB_LEFT_NOTHING",
      message: `Cannot verify what ${job} has left: it is running`,
    });
    world.process(0).finish("erased");
    await world.pass();
    await expect(verify(job, "/dev/b")).rejects.toMatchObject({
      code: "JOB_LEFT_NOTHING",
      message: `Cannot verify what ${job} has left: it was on another disk, /dev/a`,
    });
  });
});

describe("a health check", () => {
  test("runs beside the job that has the disk, and only one at a time", async () => {
    const erase = await world.erase(client, path);
    const checks = [
      await world.operate(client, "health.check", { path }),
      await world.operate(client, "health.check", { path }),
    ];
    const spinDown = await world.operate(client, "device.spinDown", { path });
    await world.pass();
    expect(await Promise.all([erase, ...checks, spinDown].map(state))).toEqual([
      "running",
      "running",
      "queued",
      "queued",
    ]);
    world.process(1).finish("done");
    await world.pass();
    expect(await Promise.all([erase, ...checks, spinDown].map(state))).toEqual([
      "running",
      "done",
      "running",
      "queued",
    ]);
  });
});

test("the images are those of the host", async () => {
  const { images } = await world.run(client.query("image.list", {}));
  expect(images.map(({ name }) => name)).toEqual(["debian.img.xz"]);
});
