import type { Client } from "@trofie/commands";
import type { Job, StationContract } from "@trofie/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StationInMemory } from "./testing/station-in-memory.ts";

let world: StationInMemory;
let client: Client<StationContract>;
let id: string;
let types: string[];

beforeEach(async () => {
  world = await StationInMemory.open();
  client = world.client();
  id = await world.erase(client, "/dev/a");
  await world.pass();
  types = [];
  client.listen({ eventReceived: ({ type, job }) => job === id && types.push(type) });
});

afterEach(async () => {
  await world.close();
  expect(world.errors).toEqual([]);
});

const job = (): Promise<Job> => world.job(client, id);
const command = async (method: "job.stop" | "job.pause" | "job.resume", of = id): Promise<Job> =>
  (await world.run(client.command(method, { job: of }))).job;

describe("pause", () => {
  test("lets a job rest with its process, and resume lets it go on", async () => {
    await command("job.pause");
    expect((await job()).state).toBe("paused");
    await command("job.resume");
    expect((await job()).state).toBe("running");
    expect(types).toEqual(["job.paused", "job.resumed"]);
    expect(world.host.processes).toHaveLength(1);
  });

  test("goes back to the verification that it held", async () => {
    world.process(0).tell({ type: "verifying" });
    await command("job.pause");
    await command("job.resume");
    expect((await job()).state).toBe("verifying");
    world.process(0).tell({ type: "writing" });
    await world.pass();
    expect(types).toEqual(["job.verifying", "job.paused", "job.resumed", "job.writing"]);
  });

  test("shows only when the process says so, and can be taken back before that", async () => {
    world.process(0).isHung = true;
    expect((await command("job.pause")).state).toBe("running");
    expect((await command("job.resume")).state).toBe("running");
    await expect(command("job.resume")).rejects.toMatchObject({
      code: "JOB_CANNOT_RESUME",
      message: `Cannot resume ${id}: it is running`,
    });
  });

  test("may be said twice", async () => {
    await command("job.pause");
    expect((await command("job.pause")).state).toBe("paused");
  });

  test("ends with stop", async () => {
    await command("job.pause");
    await command("job.stop");
    await world.pass();
    expect((await job()).state).toBe("stopped");
    for (const method of ["job.pause", "job.resume"] as const)
      await expect(command(method)).rejects.toMatchObject({ code: "JOB_ENDED" });
  });

  test("of a job that waits, or of a short one, is refused", async () => {
    const waiting = await world.erase(client, "/dev/a");
    await expect(command("job.pause", waiting)).rejects.toMatchObject({
      code: "JOB_CANNOT_PAUSE",
      message: `Cannot pause ${waiting}: it is queued`,
    });
    const short = await world.operate(client, "health.check", { path: "/dev/a" });
    await world.pass();
    await expect(command("job.pause", short)).rejects.toMatchObject({
      code: "JOB_CANNOT_PAUSE",
      message: `Cannot pause ${short}: work of its kind does not pause`,
    });
  });

  test("of a disk that erases itself is refused", async () => {
    const firmware = await world.erase(client, "/dev/b", "nvme-sanitize-crypto");
    await world.pass();
    await expect(command("job.pause", firmware)).rejects.toMatchObject({
      code: "JOB_CANNOT_PAUSE",
      message: `Cannot pause ${firmware}: the disk erases itself, and does not pause`,
    });
  });

  test("and resume of a job that never was are refused", async () => {
    for (const method of ["job.pause", "job.resume"] as const)
      await expect(command(method, "j_1")).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
  });
});

describe("a disk that does not answer", () => {
  const stall = (): void => world.process(0).tell({ type: "stalled", message: "No answer for 30 s" });
  const answer = (): void => world.process(0).tell({ type: "answering" });

  test("makes its job hung, with the reason, until it answers", async () => {
    stall();
    expect(await job()).toMatchObject({ state: "hung", why: "No answer for 30 s" });
    answer();
    expect(await job()).toMatchObject({ state: "running", why: null });
    expect(types).toEqual(["job.hung", "job.answering"]);
  });

  test("gives its job back as it was: verifying, paused, or told to stop", async () => {
    world.process(0).tell({ type: "verifying" });
    stall();
    answer();
    expect((await job()).state).toBe("verifying");
    await command("job.pause");
    stall();
    answer();
    expect((await job()).state).toBe("paused");
    world.process(0).isHung = true;
    stall();
    expect(await command("job.stop")).toMatchObject({ state: "hung", why: "No answer for 30 s" });
    answer();
    expect((await job()).state).toBe("stopping");
    world.process(0).finish("stopped");
    await world.pass();
    expect((await job()).state).toBe("stopped");
  });

  test("may end its job while it hangs", async () => {
    stall();
    world.process(0).finish("failed");
    await world.pass();
    expect(await job()).toMatchObject({ state: "failed", why: null });
  });
});
