import { jobStates } from "@trofie/contract";
import { expect, test } from "vitest";
import { passText, stateWords } from "./job-words.ts";

test.each(jobStates)("the state %s has a title of its own", (state) => {
  const sameTitle = jobStates.filter((other) => stateWords[other].title === stateWords[state].title);
  expect(sameTitle).toEqual([state]);
});

test("only a disk that is erased without a doubt is shown as good", () => {
  expect(jobStates.filter((state) => stateWords[state].tone === "good")).toEqual(["erased"]);
});

test("a pass is named by what it does now", () => {
  expect(passText("write 00")).toBe("Writing 00");
  expect(passText("verify 00")).toBe("Verifying 00");
  expect(passText("sanitize")).toBe("sanitize");
});
