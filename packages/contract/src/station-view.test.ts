import { expect, test } from "vitest";
import { jobStates, type JobState } from "./job-states.ts";
import type { Job, Progress } from "./job.ts";
import { emptyView, progressOf } from "./station-view.ts";

const progress: Progress = {
  job: "j_1",
  step: "Writing 00",
  stepNumber: 1,
  stepCount: 2,
  bytesDone: 1,
  bytesTotal: 2,
  bytesPerSecond: 1,
  etaMs: 1_000,
  limit: "disk",
  faultyBytes: 0,
};
const view = { ...emptyView, progress: new Map([["j_1", progress]]) };
const jobIn = (state: JobState): Job => ({ id: "j_1", state }) as Job;

test("progress is shown only of a job that moves", () => {
  const shown = jobStates.filter((state) => progressOf(view, jobIn(state)) !== undefined);
  expect(shown).toEqual(["running", "verifying", "paused", "stopping"]);
  expect(progressOf(view, undefined)).toBeUndefined();
});

test("a job that has paused has no rate, and nobody knows when it will be done", () => {
  const paused = progressOf(view, jobIn("paused"));
  expect(paused).toMatchObject({ bytesDone: 1, bytesPerSecond: 0, etaMs: null, limit: null });
});
