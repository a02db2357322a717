import {
  healthVerdicts,
  jobStates,
  type HealthFindings,
  type ImageFindings,
  type JobReport,
} from "@trofie/contract";
import { expect, test } from "vitest";
import { exitOfJob } from "./exit-of-job.ts";

test("the program ends well only if the job has", () => {
  const well = jobStates.filter((state) => exitOfJob({ state, report: null }) === "done");
  expect(well).toEqual(["erased", "done"]);
});

test.each([
  ["erased-with-errors", "failed"],
  ["failed", "failed"],
  ["stopped", "stopped"],
  ["interrupted", "interrupted"],
] as const)("a job that is %s ends it as %s", (state, exit) => {
  expect(exitOfJob({ state, report: null })).toBe(exit);
});

test("a disk that is not to be trusted ends it as failed, though it was asked well", () => {
  const exits = healthVerdicts.map((verdict) => {
    const findings = { kind: "health", verdict } as HealthFindings;
    return exitOfJob({ state: "done", report: { findings } as JobReport });
  });
  expect(exits).toEqual(["done", "done", "failed", "failed"]);
});

test("an image that is on the disk and was not grown, as was asked, ends it as failed", () => {
  const exitOf = (notGrown?: string) => {
    const findings = { kind: "image-write", notGrown } as ImageFindings;
    return exitOfJob({ state: "done", report: { findings } as JobReport });
  };
  expect([exitOf(), exitOf("there is no partition")]).toEqual(["done", "failed"]);
});
