import { isOutcome, type Job, type JobState } from "@trofie/contract";
import { expect, test } from "vitest";
import { followJob } from "./follow-job.ts";
import type { Doing } from "./order-work.ts";

const job = (state: JobState): Job => ({ id: "j_1", state }) as Job;

/** Work that goes through these states, and if the last is no outcome, then comes to no other. */
function doingOf(states: readonly JobState[]): Doing {
  const last = job(states.at(-1)!);
  const never = new Promise<never>(() => {});
  async function* changes(): AsyncGenerator<Job> {
    for (const state of states) yield job(state);
    if (!isOutcome(last.state)) await never;
  }
  async function* progress(): AsyncGenerator<never> {}
  const result = isOutcome(last.state) ? Promise.resolve(last) : never;
  return { job: Promise.resolve("j_1"), progress: progress(), changes: changes(), result };
}

async function statesTold(states: readonly JobState[]): Promise<{ told: JobState[]; last: JobState }> {
  const told: JobState[] = [];
  const teller = { progressed: () => {}, changed: ({ state }: Job) => void told.push(state) };
  const { state } = await followJob(doingOf(states), teller, 20);
  return { told, last: state };
}

test("a job is followed to its outcome", async () => {
  expect(await statesTold(["queued", "running", "paused", "running", "erased"])).toEqual({
    told: ["queued", "running", "paused", "running"],
    last: "erased",
  });
});

test("a job that was cut off is followed on, if it goes on soon", async () => {
  expect(await statesTold(["running", "interrupted", "queued", "running", "erased"])).toEqual({
    told: ["running", "interrupted", "queued", "running"],
    last: "erased",
  });
});

test("a job that was cut off and does not go on is left to rest", async () => {
  expect(await statesTold(["running", "interrupted"])).toEqual({
    told: ["running", "interrupted"],
    last: "interrupted",
  });
});
