import { expect, test } from "vitest";
import { Job } from "./job.ts";
import { workKinds } from "./work.ts";

test("there is a job of each kind of work", () => {
  expect(Job.shape.kind.options.toSorted()).toEqual(Object.keys(workKinds).toSorted());
});
