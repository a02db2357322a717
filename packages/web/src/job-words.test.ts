import {
  healthVerdicts,
  jobStates,
  type HealthFindings,
  type JobReport,
  type JobState,
} from "@trofie/contract";
import { expect, test } from "vitest";
import { wordsOf } from "./job-words.ts";

const wordsOfErase = (state: JobState) => wordsOf({ kind: "erase", state, report: null });

test.each(jobStates)("the state %s has a title of its own", (state) => {
  const { title } = wordsOfErase(state);
  expect(jobStates.filter((other) => wordsOfErase(other).title === title)).toEqual([state]);
});

test("only what has ended well without a doubt is shown as good", () => {
  expect(jobStates.filter((state) => wordsOfErase(state).tone === "good")).toEqual(["erased", "done"]);
});

test("a check of health that is done is shown as the disk is, not as good because it is done", () => {
  const toneOf = (verdict: HealthFindings["verdict"]): string => {
    const findings = { kind: "health", verdict } as HealthFindings;
    return wordsOf({ kind: "health", state: "done", report: { findings } as JobReport }).tone;
  };
  expect(healthVerdicts.map(toneOf)).toEqual(["good", "good", "warning", "bad"]);
});
