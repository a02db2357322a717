import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Client, InputOf } from "@trofie/commands";
import type { Content, Job, JobState, StationContract } from "@trofie/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MemoryJobProcess } from "./testing/memory-disk-host.ts";
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
const states = (...ids: string[]): Promise<JobState[]> => Promise.all(ids.map(state));
const process = (index = 0): MemoryJobProcess => world.process(index);
const command = async (method: "job.stop" | "job.pause" | "job.resume", id: string): Promise<Job> =>
  (await world.run(client.command(method, { job: id }))).job;

/** Starts an erase that is at work. */
async function erasing(path = "/dev/a"): Promise<string> {
  const id = await world.erase(client, path);
  await world.pass();
  return id;
}

async function killAndStart(): Promise<void> {
  await world.kill();
  await world.start();
  await world.pass();
}

describe("a job whose station was killed", () => {
  test("goes on by itself: the same job, with its plan, its seed and its newest checkpoint", async () => {
    const id = await erasing();
    const { startedAt } = await world.job(client, id);
    process().tell({ type: "checkpoint", checkpoint: { pass: 0, offset: 1 } });
    process().tell({ type: "checkpoint", checkpoint: { pass: 0, offset: 2 } });
    await killAndStart();
    expect(process(1).order).toEqual({ ...process(0).order, checkpoint: { pass: 0, offset: 2 } });
    expect(process(0).order.seedHex).toMatch(/^[0-9a-f]{64}$/);
    expect(process(1).wasLetGo).toBe(true);
    expect(await world.job(client, id)).toMatchObject({ state: "running", startedAt });
    process(1).finish("erased");
    await world.pass();
    expect(await state(id)).toBe("erased");
  });

  test("goes on as often as it is cut off, each time where it was last", async () => {
    const id = await erasing();
    for (let offset = 1; offset <= 3; offset += 1) {
      process(offset - 1).tell({ type: "checkpoint", checkpoint: { offset } });
      await killAndStart();
      expect(process(offset).order).toMatchObject({ job: id, checkpoint: { offset } });
    }
    expect(await state(id)).toBe("running");
  });

  test("tells whoever watches of nothing but that it goes on", async () => {
    const id = await erasing();
    await world.kill();
    const types: string[] = [];
    client.listen({ eventReceived: ({ type, job }) => job === id && types.push(type) });
    await world.start();
    await world.pass();
    expect(types).toEqual(["job.resumed", "job.started"]);
  });

  test("goes on before the jobs that waited for its device", async () => {
    const first = await erasing();
    const second = await world.erase(client, "/dev/a");
    await killAndStart();
    expect(await states(first, second)).toEqual(["running", "queued"]);
    process(1).finish("erased");
    await world.pass();
    expect(await states(first, second)).toEqual(["erased", "running"]);
  });

  test("waits again for its turn when the station is killed before that came", async () => {
    const id = await erasing();
    world.host.start = () => new Promise(() => {});
    await killAndStart();
    expect(await state(id)).toBe("queued");
    delete (world.host as { start?: unknown }).start;
    await killAndStart();
    expect([await state(id), process(1).order.job]).toEqual(["running", id]);
  });

  test("rests when the station is killed before its turn came, and its disk is not there then", async () => {
    const id = await erasing();
    world.host.start = () => new Promise(() => {});
    await killAndStart();
    delete (world.host as { start?: unknown }).start;
    world.host.devices.delete("/dev/a");
    await killAndStart();
    expect(await world.job(client, id)).toMatchObject({
      state: "interrupted",
      why: "Cannot go on: its disk is not there",
    });
    expect(world.host.processes).toHaveLength(1);
  });

  const goingOn: readonly [string, () => Promise<string>][] = [
    ["verify", () => world.operate(client, "verify.start", { path: "/dev/a", expect: { hex: "00" } })],
    ["image-write", () => world.writeImage(client, "/dev/a")],
  ];
  test.each(goingOn)("goes on also when it is of the kind %s", async (_, begin) => {
    const id = await begin();
    await world.pass();
    await killAndStart();
    expect([await state(id), process(1).order.job]).toEqual(["running", id]);
  });

  const notGoingOn: readonly [string, () => Promise<string>][] = [
    ["image-read", () => world.operate(client, "image.read", { path: "/dev/a", image: "a.img" })],
    ["health", () => world.operate(client, "health.check", { path: "/dev/a" })],
    ["spin-down", () => world.operate(client, "device.spinDown", { path: "/dev/a" })],
    ["unmount", () => world.operate(client, "device.unmount", { path: "/dev/a" })],
  ];
  test.each(notGoingOn)("has failed when it is of the kind %s, which is asked for anew", async (_, begin) => {
    const id = await begin();
    await world.pass();
    await killAndStart();
    const report = { outcome: "failed", message: "The station ended while the job was at work" };
    expect(await world.job(client, id)).toMatchObject({ state: "failed", report });
    expect(world.host.processes).toHaveLength(1);
    expect(existsSync(join(world.station.listening.reportsPath, `${id}.json`))).toBe(true);
  });
});

/** Each state in which the power can fail, how to get there, and what becomes of it. */
const cutOffs: readonly [JobState, () => Promise<string>, JobState][] = [
  ["queued", () => neverStarting(), "running"],
  ["running", () => erasing(), "running"],
  ["verifying", () => erasingThat({ type: "verifying" }), "running"],
  ["hung", () => erasingThat({ type: "stalled", message: "The disk does not answer" }), "running"],
  ["paused", () => told("job.pause"), "interrupted"],
  ["stopping", () => told("job.stop"), "stopped"],
  ["interrupted", () => crashed(), "running"],
];

async function neverStarting(): Promise<string> {
  world.host.start = () => new Promise(() => {});
  const id = await erasing();
  delete (world.host as { start?: unknown }).start;
  return id;
}

async function erasingThat(event: Parameters<MemoryJobProcess["tell"]>[0]): Promise<string> {
  const id = await erasing();
  process().tell(event);
  return id;
}

async function told(method: "job.pause" | "job.stop"): Promise<string> {
  const id = await erasing();
  if (method === "job.stop") process().isHung = true;
  await command(method, id);
  return id;
}

async function crashed(): Promise<string> {
  const id = await erasing();
  process().crash();
  await world.pass();
  return id;
}

describe.each(cutOffs)("a job that is %s when the station is killed", (before, begin, after) => {
  test(`is ${after} after the restart`, async () => {
    const id = await begin();
    expect(await state(id)).toBe(before);
    await killAndStart();
    expect(await state(id)).toBe(after);
  });

  test("is hung while its old process lives, and then the same", async () => {
    const id = await begin();
    const hasProcess = before !== "queued" && before !== "interrupted";
    if (hasProcess) world.host.alive.add(process().process.pid);
    await killAndStart();
    await world.clock.advance(60_000);
    expect(await state(id)).toBe(hasProcess ? "hung" : after);
    world.host.alive.clear();
    await world.pass();
    expect(await state(id)).toBe(after);
  });

  test("is stopped when it is told so then", async () => {
    const id = await begin();
    if (before !== "queued") world.host.alive.add(1_000);
    await killAndStart();
    if (after !== "stopped") await command("job.stop", id);
    world.host.alive.clear();
    await world.pass();
    expect(await world.job(client, id)).toMatchObject({ state: "stopped", report: { outcome: "stopped" } });
    expect(existsSync(join(world.station.listening.reportsPath, `${id}.json`))).toBe(true);
  });
});

describe("an old process", () => {
  test("keeps its device from everybody while it lives, and no other", async () => {
    const id = await erasing();
    const types: string[] = [];
    client.listen({ eventReceived: ({ type, job }) => job === id && types.push(type) });
    world.host.alive.add(1_000);
    await killAndStart();
    const next = await world.erase(client, "/dev/a");
    const other = await world.erase(client, "/dev/b");
    await world.clock.advance(60_000);
    expect(await states(id, next, other)).toEqual(["hung", "queued", "running"]);
    expect((await world.job(client, id)).why).toBe(
      "Its process of before the station's restart is still there",
    );
    world.host.alive.clear();
    await world.pass();
    expect(await states(id, next, other)).toEqual(["running", "queued", "running"]);
    expect((await world.job(client, id)).why).toBeNull();
    expect(types).toEqual(["job.hung", "job.resumed", "job.started"]);
  });

  test("of a job that was told to stop says so when it has ended unseen", async () => {
    const id = await told("job.stop");
    await killAndStart();
    const message = "It was told to stop, and its process has ended unseen";
    expect(await world.job(client, id)).toMatchObject({ state: "stopped", report: { message } });
  });
});

describe("a station that is told to stop", () => {
  test("leaves its jobs interrupted, and they go on when it starts again", async () => {
    const running = await erasing();
    const waiting = await world.erase(client, "/dev/a");
    const types: string[] = [];
    client.listen({ eventReceived: ({ type, job }) => job === running && types.push(type) });
    await world.restart();
    expect(types).toEqual(["job.interrupted", "job.resumed", "job.started"]);
    expect(await states(running, waiting)).toEqual(["running", "queued"]);
    expect(process(1).order).toEqual(process(0).order);
  });

  test("ends as stopped what is not worth going on with", async () => {
    const id = await world.operate(client, "health.check", { path: "/dev/a" });
    await world.pass();
    await world.restart();
    expect(await state(id)).toBe("stopped");
  });

  test("stops for good what was told so", async () => {
    const id = await told("job.stop");
    process().finish("stopped");
    await world.restart();
    expect(await state(id)).toBe("stopped");
  });

  test("leaves a paused job paused over its end: that goes on only when it is resumed", async () => {
    const id = await told("job.pause");
    await world.restart();
    const why = "The station ended while the job was paused";
    expect(await world.job(client, id)).toMatchObject({ state: "interrupted", why });
    await world.restart();
    expect(await world.job(client, id)).toMatchObject({ state: "interrupted", why });
    expect(await command("job.resume", id)).toMatchObject({ state: "queued", why: null });
    await world.pass();
    expect(await state(id)).toBe("running");
    await world.restart();
    expect(await state(id)).toBe("running");
  });

  test("can stop an interrupted job for good", async () => {
    const id = await crashed();
    const { report } = await command("job.stop", id);
    expect(report).toMatchObject({ outcome: "stopped", message: "It was interrupted, then stopped" });
  });
});

describe("a job whose disk", () => {
  const unplug = (): void => void world.host.devices.delete("/dev/a");
  const whyNot = async (id: string): Promise<string | null> => (await world.job(client, id)).why;

  async function killedWithoutDisk(): Promise<string> {
    const id = await erasing();
    unplug();
    await killAndStart();
    expect(await world.job(client, id)).toMatchObject({
      state: "interrupted",
      why: "Cannot go on: its disk is not there",
    });
    return id;
  }

  test("is not there after a restart is interrupted, says why, and goes on when the disk has come up", async () => {
    const id = await killedWithoutDisk();
    await world.clock.advance(60_000);
    world.host.add("/dev/a");
    world.host.changed();
    await world.pass();
    expect(await state(id)).toBe("running");
  });

  test("is pulled out after that goes on only when somebody resumes it", async () => {
    const id = await killedWithoutDisk();
    world.host.add("/dev/a");
    world.host.changed();
    await world.pass();
    process(1).end({ how: "interrupted", message: "The disk is gone" });
    unplug();
    await world.clock.advance(3_000);
    world.host.add("/dev/a");
    world.host.changed();
    await world.pass();
    expect(await world.job(client, id)).toMatchObject({ state: "interrupted", why: "The disk is gone" });
  });

  test("is brought much later rests until somebody resumes it", async () => {
    const id = await killedWithoutDisk();
    await world.clock.advance(6 * 60_000);
    world.host.add("/dev/a");
    world.host.changed();
    await world.pass();
    expect(await state(id)).toBe("interrupted");
    await command("job.resume", id);
    await world.pass();
    expect(await state(id)).toBe("running");
  });

  test("has another name now goes on there", async () => {
    const id = await erasing();
    const disk = world.host.devices.get("/dev/a")!;
    unplug();
    world.host.add("/dev/a", "ANOTHER");
    const identity = { ...disk.identity, diskseq: "9" };
    world.host.devices.set("/dev/z", { ...disk, path: "/dev/z", identity });
    await killAndStart();
    expect(process(1).order).toMatchObject({ job: id, plan: { path: "/dev/z", identity } });
    expect(await world.job(client, id)).toMatchObject({ state: "running", path: "/dev/z", identity });
  });

  test("has another name now, and whose turn had not come, waits for it there", async () => {
    const first = await erasing();
    const second = await world.erase(client, "/dev/a");
    const disk = world.host.devices.get("/dev/a")!;
    world.host.add("/dev/a", "ANOTHER");
    world.host.devices.set("/dev/z", {
      ...disk,
      path: "/dev/z",
      identity: { ...disk.identity, diskseq: "9" },
    });
    await killAndStart();
    process(1).finish("erased");
    await world.pass();
    expect(process(2).order).toMatchObject({ job: second, plan: { path: "/dev/z" } });
    expect(await states(first, second)).toEqual(["erased", "running"]);
  });

  test("is not there, and whose turn had not come, waits until the disk has come up", async () => {
    await erasing();
    const second = await world.erase(client, "/dev/a");
    unplug();
    await killAndStart();
    expect(await state(second)).toBe("interrupted");
    world.host.add("/dev/a");
    world.host.changed();
    await world.pass();
    expect(await state(second)).toBe("queued");
  });

  test("was written by the job before it is erased all the same, for it was asked to be", async () => {
    world.host.add("/dev/a", "A");
    world.host.changed();
    await world.pass();
    const first = await world.writeImage(client, "/dev/a");
    await world.pass();
    const second = await world.erase(client, "/dev/a");
    world.host.add("/dev/a", "A", { holds: [photos] });
    await killAndStart();
    process(1).finish("done");
    await world.pass();
    expect([await state(first), process(2).order.job]).toEqual(["done", second]);
  });

  const photos: Content = { path: "/dev/a1", type: "ext4", label: "photos", sizeBytes: 4_096 };

  test("still holds what was to be erased goes on", async () => {
    world.host.add("/dev/a", "A", { holds: [photos] });
    const id = await erasing();
    world.host.add("/dev/a", "A", { holds: [{ ...photos, path: "/dev/z1" }] });
    await killAndStart();
    expect(await state(id)).toBe("running");
  });

  test("holds what nobody has confirmed to erase rests, and cannot be resumed", async () => {
    const id = await erasing();
    world.host.add("/dev/a", undefined, { holds: [photos] });
    await killAndStart();
    const holds = 'its disk holds ext4 "photos" now, which nobody has confirmed to erase';
    expect(await world.job(client, id)).toMatchObject({
      state: "interrupted",
      why: `Cannot go on: ${holds}`,
    });
    await expect(command("job.resume", id)).rejects.toMatchObject({
      code: "JOB_CANNOT_RESUME",
      message: `Cannot resume ${id}: ${holds}`,
    });
    expect(world.host.processes).toHaveLength(1);
  });

  test("holds what the image that is being written has brought goes on", async () => {
    const id = await world.writeImage(client, "/dev/a");
    await world.pass();
    world.host.add("/dev/a", undefined, { holds: [photos] });
    await killAndStart();
    expect(await state(id)).toBe("running");
  });

  test("was given to a later job rests, and cannot be resumed", async () => {
    const id = await crashed();
    const later = await erasing();
    process(1).finish("erased");
    await world.pass();
    const since = `${later} (Zeros, one pass) has had the disk since`;
    await expect(command("job.resume", id)).rejects.toThrow(since);
    await world.restart();
    expect([await state(id), await whyNot(id)]).toEqual(["interrupted", `Cannot go on: ${since}`]);
    expect(world.host.processes).toHaveLength(2);
  });

  test("is given to a later job while it waits for its turn rests", async () => {
    const id = await crashed();
    const starts: (() => void)[] = [];
    const start = world.host.start.bind(world.host);
    world.host.start = async (...order) => {
      await new Promise<void>((resolve) => starts.push(resolve));
      return start(...order);
    };
    const later = await erasing();
    expect((await command("job.resume", id)).state).toBe("queued");
    starts.shift()!();
    await world.pass();
    process(1).crash();
    await world.pass();
    starts.shift()!();
    await world.pass();
    expect(await states(id, later)).toEqual(["interrupted", "interrupted"]);
    expect(await whyNot(id)).toBe(`Cannot go on: ${later} (Zeros, one pass) has had the disk since`);
    expect(process(2).wasLetGo).toBe(false);
  });

  test("refused a later job, or was only read by one, goes on", async () => {
    const id = await crashed();
    await erasing();
    process(1).end({ how: "refused", code: "DEVICE_IN_USE", message: "it is mounted" });
    await world.operate(client, "verify.start", { path: "/dev/a", expect: { hex: "00" } });
    await world.pass();
    process(2).finish("done");
    await world.restart();
    expect(await state(id)).toBe("running");
  });

  test("is refused by its new process rests, and has not failed", async () => {
    const id = await erasing();
    await killAndStart();
    process(1).end({ how: "refused", code: "DEVICE_IN_USE", message: "Cannot erase /dev/a: it is mounted" });
    await world.pass();
    expect(await world.job(client, id)).toMatchObject({
      state: "interrupted",
      why: "Cannot erase /dev/a: it is mounted",
    });
  });

  test("was pulled out is interrupted, lets the next one try, and goes on after a restart", async () => {
    const id = await erasing();
    process().end({ how: "interrupted", message: "The disk is gone" });
    await world.pass();
    expect(await world.job(client, id)).toMatchObject({ state: "interrupted", why: "The disk is gone" });
    await world.restart();
    expect(await state(id)).toBe("running");
  });

  test("cannot be reached because no process starts rests, and goes on when one does", async () => {
    const id = await erasing();
    world.host.canStart = false;
    await killAndStart();
    expect(await world.job(client, id)).toMatchObject({ state: "interrupted", why: "no more processes" });
    world.host.canStart = true;
    await command("job.resume", id);
    await world.pass();
    expect(await state(id)).toBe("running");
  });
});

test("a command that resumes is carried out once, however often it is sent", async () => {
  const id = await crashed();
  const resume: InputOf<StationContract["methods"]["job.resume"]> = { job: id };
  const [first, second] = await Promise.allSettled([
    world.run(client.command("job.resume", resume)),
    world.run(client.command("job.resume", resume)),
  ]);
  expect([first.status, second.status]).toEqual(["fulfilled", "rejected"]);
  await world.pass();
  expect(world.host.processes).toHaveLength(2);
});
