import type { Job, JobState, WorkKind } from "@trofie/contract";
import { expect, test } from "vitest";
import type { StationClient } from "./connection.ts";
import { waitOf } from "./job-ahead.ts";

const identity = {
  kind: "disk",
  serial: "S",
  wwn: null,
  model: null,
  sizeBytes: 1,
  busPath: null,
  backing: null,
};

function job(id: string, state: JobState, kind: WorkKind = "erase", more: object = {}): Job {
  return { id, state, kind, identity, why: null, ...more } as Job;
}

/** What the first of these jobs, newest first, waits for: the id of the job ahead, and why besides. */
async function waitOfNewest(...jobs: Job[]): Promise<[string | undefined, string | null]> {
  const client = { query: async () => ({ jobs }) } as unknown as StationClient;
  const { ahead, why } = await waitOf(client, jobs[0]!.id);
  return [ahead?.id, why];
}

const own = job("own", "queued");

test("a queued job waits for the oldest that is open on its disk", async () => {
  const jobs = [job("next", "queued"), job("first", "paused"), job("before", "erased")];
  expect(await waitOfNewest(own, ...jobs)).toEqual(["first", null]);
});

test("it does not wait for what has ended or was cut off, is on another disk, or needs no disk for itself", async () => {
  const elsewhere = { identity: { ...identity, serial: "T" } };
  const jobs = [
    job("ended", "stopped"),
    job("cut off", "interrupted"),
    job("elsewhere", "running", "erase", elsewhere),
    job("beside", "running", "health"),
  ];
  expect(await waitOfNewest(own, ...jobs)).toEqual([undefined, null]);
});

test("a check of health waits for another check alone", async () => {
  const jobs = [job("erase", "running"), job("check", "running", "health")];
  expect(await waitOfNewest(job("own", "queued", "health"), ...jobs)).toEqual(["check", null]);
});

test("it tells what it may have to wait for besides, and a job that has begun waits for nothing", async () => {
  const why = "Only 2 jobs work at once behind USB hub 2-1";
  expect(await waitOfNewest(job("own", "queued", "erase", { why }))).toEqual([undefined, why]);
  expect(await waitOfNewest(job("own", "running"), job("first", "running"))).toEqual([undefined, null]);
});
