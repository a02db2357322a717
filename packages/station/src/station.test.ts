import { existsSync, mkdirSync, readFileSync, unlinkSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { Client } from "@trofie/commands";
import type { Job, JobReport, StationContract } from "@trofie/contract";
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

/** As long as a report with a full map of errors may be. */
const longReport = (letters: number): JobReport => ({
  outcome: "failed",
  message: "x".repeat(letters),
  durationMs: 1,
  findings: null,
});

const state = async (id: string): Promise<Job["state"]> => (await world.job(client, id)).state;

describe("an erase", () => {
  test("goes from accepted to erased, each step an event, and leaves a report", async () => {
    const types: string[] = [];
    client.listen({ eventReceived: ({ type }) => types.push(type) });
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    world.process(0).tell({ type: "verifying" });
    world.process(0).finish("erased");
    await world.pass();
    expect(types).toEqual(["job.accepted", "job.started", "job.verifying", "job.ended"]);
    expect(await world.job(client, id)).toMatchObject({ state: "erased", report: { outcome: "erased" } });
    const report: unknown = JSON.parse(
      readFileSync(join(world.station.listening.reportsPath, `${id}.json`), "utf8"),
    );
    expect(report).toMatchObject({
      format: "trofie-report-2",
      job: { id, state: "erased" },
      plan: { path: "/dev/a" },
    });
  });

  test("shows its progress to whoever watches", async () => {
    const watcher = world.client();
    const heard: unknown[] = [];
    watcher.listen({ progressReceived: (progress) => heard.push(progress) });
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    const progress = {
      step: "Writing 00",
      stepNumber: 1,
      stepCount: 2,
      bytesDone: 1,
      bytesTotal: 2,
      bytesPerSecond: 1,
      etaMs: 1000,
      limit: "disk" as const,
      faultyBytes: 0,
    };
    world.process(0).tell({ type: "progress", ...progress });
    await world.pass();
    expect(heard).toEqual([{ job: id, ...progress }]);
  });

  test("of a device that is not there is refused", async () => {
    const planning = client.query("erase.plan", { path: "/dev/none", method: "zero" });
    await expect(world.run(planning)).rejects.toMatchObject({ code: "DEVICE_NOT_FOUND" });
  });

  test("with the wrong word is refused, and nothing is started", async () => {
    const { hash } = await world.run(client.query("erase.plan", { path: "/dev/a", method: "zero" }));
    const erasing = client.operate("erase.start", { path: "/dev/a", method: "zero", hash, typed: "yes" });
    await expect(world.run(erasing.job)).rejects.toMatchObject({ code: "WRONG_CONFIRMATION" });
    expect(world.host.processes).toEqual([]);
  });

  test("is refused when another disk stands there than was planned", async () => {
    const { plan, hash } = await world.run(client.query("erase.plan", { path: "/dev/a", method: "zero" }));
    world.host.add("/dev/a", "ANOTHER");
    const typed = plan.confirm.word;
    const erasing = client.operate("erase.start", { path: "/dev/a", method: "zero", hash, typed });
    await expect(world.run(erasing.job)).rejects.toMatchObject({ code: "PLAN_CHANGED" });
    expect(world.host.processes).toEqual([]);
  });

  test("whose process crashes is interrupted, and never erased", async () => {
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    world.process(0).crash();
    await world.pass();
    const why = "The job's process was killed";
    expect(await world.job(client, id)).toMatchObject({ state: "interrupted", why, report: null });
  });

  test("whose process refuses the disk has failed: nothing was written", async () => {
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    world.process(0).end({ how: "refused", code: "DEVICE_IN_USE", message: "Cannot erase /dev/a: in use" });
    await world.pass();
    const report = { outcome: "failed", message: "Cannot erase /dev/a: in use", findings: null };
    expect(await world.job(client, id)).toMatchObject({ state: "failed", report });
  });

  test("whose process cannot be started has failed, and the next one on that device runs", async () => {
    world.host.canStart = false;
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    expect(await state(id)).toBe("failed");
    world.host.canStart = true;
    await world.erase(client, "/dev/a");
    await world.pass();
    expect(world.process(0).wasLetGo).toBe(true);
  });
});

describe("the queue", () => {
  test("runs one job per device, the rest wait in order, and devices work side by side", async () => {
    const first = await world.erase(client, "/dev/a");
    const second = await world.erase(client, "/dev/a");
    const third = await world.erase(client, "/dev/a");
    const other = await world.erase(client, "/dev/b");
    await world.pass();
    expect(await Promise.all([first, second, third, other].map(state))).toEqual([
      "running",
      "queued",
      "queued",
      "running",
    ]);
    world.process(0).finish("erased");
    await world.pass();
    expect(world.host.processes.map(({ order }) => order.job)).toEqual([first, other, second]);
    expect(await Promise.all([first, second, third].map(state))).toEqual(["erased", "running", "queued"]);
  });

  test("lets a process go only when the journal holds it", async () => {
    world.host.onGo = () => {
      throw new Error("the power fails");
    };
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    expect(world.errors.splice(0)).toEqual([new Error("the power fails")]);
    const { pid } = world.process(0).process;
    await world.stop();
    world.host.alive.add(pid);
    await world.start();
    await world.pass();
    expect(await state(id)).toBe("hung");
    world.host.alive.delete(pid);
  });
});

describe("stop", () => {
  test("ends a running job as stopped", async () => {
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    const { job } = await world.run(client.command("job.stop", { job: id }));
    expect(job.state).toBe("stopping");
    await world.pass();
    expect(await state(id)).toBe("stopped");
  });

  test("of a job whose disk hangs is answered at once, and the job shows as stopping", async () => {
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    world.process(0).isHung = true;
    await world.run(client.command("job.stop", { job: id }));
    await world.clock.advance(60_000);
    expect(await state(id)).toBe("stopping");
    expect((await world.run(client.query("device.list", {}))).devices).toHaveLength(2);
    world.process(0).finish("stopped");
    await world.pass();
    expect(await state(id)).toBe("stopped");
  });

  test("takes a waiting job out of the queue, with a report", async () => {
    await world.erase(client, "/dev/a");
    const id = await world.erase(client, "/dev/a");
    const { job } = await world.run(client.command("job.stop", { job: id }));
    expect(job).toMatchObject({ state: "stopped", report: { outcome: "stopped" } });
    await world.pass();
    expect(existsSync(join(world.station.listening.reportsPath, `${id}.json`))).toBe(true);
    world.process(0).finish("erased");
    await world.pass();
    expect(world.host.processes).toHaveLength(1);
  });

  test("of a job that has ended, or never was, is refused", async () => {
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    world.process(0).finish("erased");
    await world.pass();
    await expect(world.run(client.command("job.stop", { job: id }))).rejects.toMatchObject({
      code: "JOB_ENDED",
    });
    await expect(world.run(client.command("job.stop", { job: "j_1" }))).rejects.toMatchObject({
      code: "JOB_NOT_FOUND",
    });
  });

  test("that comes while the process starts is not lost", async () => {
    const { plan, hash } = await world.run(client.query("erase.plan", { path: "/dev/a", method: "zero" }));
    const start = { path: "/dev/a", method: "zero", hash, typed: plan.confirm.word };
    const id = await world.run(client.operate("erase.start", start).job);
    await world.run(client.command("job.stop", { job: id }));
    await world.pass();
    expect(await state(id)).toBe("stopped");
  });
});

describe("a station that starts again", () => {
  test("still has its jobs and results, under the same epoch, and its client notices nothing but a gap", async () => {
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    world.process(0).finish("erased");
    await world.pass();
    let snapshots = 0;
    client.listen({ snapshotReceived: () => (snapshots += 1) });
    await world.stop();
    await world.start();
    expect(await world.job(client, id)).toMatchObject({ state: "erased" });
    expect(snapshots).toBe(0);
  });

  test("refuses to go on from a journal that somebody has changed", async () => {
    await world.erase(client, "/dev/a");
    await world.stop();
    const journal = new DatabaseSync(join(world.statePath, "journal.sqlite"));
    journal.exec("UPDATE event SET body = '{}' WHERE seq = 2");
    journal.close();
    await expect(world.start()).rejects.toThrow(/event 2 does not follow from the one before it/);
  });

  test("starts, though a report that is missing cannot be written, and says so", async () => {
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    world.process(0).finish("erased");
    await world.pass();
    const path = join(world.station.listening.reportsPath, `${id}.json`);
    await world.stop();
    unlinkSync(path);
    mkdirSync(`${path}.new`); // where it is written first
    await world.start();
    expect((await world.job(client, id)).state).toBe("erased");
    expect(world.errors.splice(0)).toMatchObject([{ code: "EISDIR" }]);
  });

  test("writes the reports that the last one had no time for", async () => {
    const id = await world.erase(client, "/dev/a");
    await world.pass();
    world.process(0).finish("erased");
    await world.pass();
    const path = join(world.station.listening.reportsPath, `${id}.json`);
    const before = readFileSync(path, "utf8");
    await world.stop();
    unlinkSync(path);
    await world.start();
    expect(readFileSync(path, "utf8")).toBe(before);
  });
});

describe("a list of jobs", () => {
  test("ends where it would be longer than a client takes, however many are asked for", async () => {
    const done: string[] = [];
    for (let i = 0; i < 3; i++) {
      done.unshift(await world.erase(client, "/dev/a"));
      await world.pass();
      world.process(i).end({ how: "reported", report: longReport(700_000) });
      await world.pass();
    }
    const idsOf = ({ jobs }: { jobs: readonly Job[] }): string[] => jobs.map(({ id }) => id);
    expect(idsOf(await world.run(client.query("job.list", { limit: 1000 })))).toEqual(done.slice(0, 1));
    expect(idsOf(await world.run(client.query("job.list", { limit: 1000, open: true })))).toEqual([]);
    const open = [await world.erase(client, "/dev/a"), await world.erase(client, "/dev/b")];
    expect(idsOf(await world.run(client.query("job.list", { limit: 1000, open: true })))).toEqual(
      open.toReversed(),
    );
    expect(idsOf(await world.run(client.query("job.list", { limit: 1, open: true })))).toEqual([open[1]]);
  });
});

describe("devices", () => {
  test("that come, change and go are told", async () => {
    const types: string[] = [];
    client.listen({ eventReceived: ({ type }) => types.push(type) });
    await world.pass();
    world.host.add("/dev/c");
    await world.clock.advance(3_000);
    world.host.add("/dev/c", "ANOTHER");
    await world.clock.advance(3_000);
    world.host.devices.delete("/dev/c");
    await world.clock.advance(3_000);
    expect(types).toEqual(["device.added", "device.changed", "device.removed"]);
  });
});

/** The whole way: client, network, session, journal, queue. */
describe.each(["to-server", "to-client"] as const)(
  "a connection that is cut %s after any byte",
  (direction) => {
    test("leaves exactly one job", async () => {
      const { plan, hash } = await world.run(client.query("erase.plan", { path: "/dev/a", method: "zero" }));
      const start = { path: "/dev/a", method: "zero", hash, typed: plan.confirm.word };
      let cuts = 0;
      for (let wasCut = true; wasCut; cuts += 1) {
        const links = world.network.links.length;
        world.network.onLink = (link) => {
          if (world.network.links.length === links + 1) link.cutAfter(direction, cuts);
        };
        const caller = world.client({ want: { events: false, progress: false } });
        const id = await world.run(caller.operate("erase.start", start).job);
        await world.pass();
        const { jobs } = await world.run(client.query("job.list", { limit: 1 }));
        expect([jobs[0]!.id, world.host.processes.length]).toEqual([id, cuts + 1]);
        wasCut = world.network.links.length > links + 1;
        world.process(cuts).finish("erased");
        await world.run(caller.stop());
      }
      expect(cuts).toBeGreaterThan(300);
    });
  },
);
