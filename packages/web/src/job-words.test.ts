import { jobStates } from "@trofie/contract";
import { expect, test } from "vitest";
import { stateWords } from "./job-words.ts";

test.each(jobStates)("the state %s has a title of its own", (state) => {
  const sameTitle = jobStates.filter((other) => stateWords[other].title === stateWords[state].title);
  expect(sameTitle).toEqual([state]);
});

test("only a disk that is erased without a doubt is shown as good", () => {
  expect(jobStates.filter((state) => stateWords[state].tone === "good")).toEqual(["erased"]);
});
