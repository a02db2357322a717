import { emptyView, type Job, type JobState, type Progress } from "@trofie/contract";
import { expect, test } from "vitest";
import { statusLine } from "./watch-command.ts";

const progress: Progress = {
  job: "j_1",
  step: "Writing 00",
  stepNumber: 1,
  stepCount: 2,
  bytesDone: 150,
  bytesTotal: 1_000,
  bytesPerSecond: 100,
  etaMs: 8_500,
  limit: "disk",
  faultyBytes: 0,
};

const lineIn = (state: JobState): string =>
  statusLine({
    ...emptyView,
    jobs: new Map([["j_1", { id: "j_1", path: "/dev/loop1", state } as Job]]),
    progress: new Map([["j_1", progress]]),
  });

const moves =
  "Writing 00, step 1 of 2  15 %  8.5 s left  100 bytes/s, the disk is the limit  150 bytes of 1.00 kB";

test.each<[JobState, string]>([
  ["running", `loop1  ${moves}`],
  ["verifying", `loop1  ${moves}`],
  ["paused", "loop1  paused  Writing 00, step 1 of 2  15 %  150 bytes of 1.00 kB"],
  ["stopping", `loop1  stopping  ${moves}`],
  ["hung", "loop1  hung"],
  ["interrupted", ""],
])("a job that is %s is watched as: %s", (state, line) => {
  expect(lineIn(state)).toBe(line);
});
