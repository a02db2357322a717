import { expect, test } from "vitest";
import { Interruption } from "./job-context.ts";
import type { FromJob } from "./job-messages.ts";
import { KeptCheckpoints } from "./kept-checkpoints.ts";

function keeping() {
  const told: FromJob[] = [];
  const checkpoints = new KeptCheckpoints((message) => told.push(message));
  const states: string[] = [];
  const keep = async (offset: number): Promise<void> => {
    const state = await checkpoints.keep({ offset }).then(
      () => "kept",
      (error: unknown) => (error instanceof Interruption ? "interrupted" : "failed"),
    );
    states.push(`${offset} ${state}`);
  };
  return { told, checkpoints, states, keep };
}

const soon = () => new Promise((resolve) => void setImmediate(resolve));

test("a checkpoint is told, and kept when the station says so of that one", async () => {
  const { told, checkpoints, states, keep } = keeping();
  void keep(1);
  void keep(2);
  expect(told).toEqual([
    { type: "keep", number: 1, event: { type: "checkpoint", checkpoint: { offset: 1 } } },
    { type: "keep", number: 2, event: { type: "checkpoint", checkpoint: { offset: 2 } } },
  ]);
  await soon();
  expect(states).toEqual([]);
  checkpoints.kept(2);
  checkpoints.kept(7);
  await soon();
  expect(states).toEqual(["2 kept"]);
});

test("a station that goes before it has answered has kept nothing for certain", async () => {
  const { told, checkpoints, states, keep } = keeping();
  void keep(1);
  checkpoints.stationIsGone();
  void keep(2);
  await soon();
  expect(states.toSorted()).toEqual(["1 interrupted", "2 interrupted"]);
  expect(told).toHaveLength(1);
});
