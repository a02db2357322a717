import type { ClientListener, SnapshotItem } from "@trofie/commands";
import type { Job, JobState } from "@trofie/contract";
import { describe, expect, test } from "vitest";
import type { StationClient } from "./connection.ts";
import { KnownJob } from "./known-job.ts";

const job = (state: JobState, id = "j_1"): Job => ({ id, state }) as Job;
const item = (one: Job): SnapshotItem => ({ kind: "job", id: one.id, ended: false, item: one });

/** A station that has the job as `now` says; null: it has none. */
function world(now: () => Job | null) {
  const listeners: ClientListener[] = [];
  const client = {
    query: async () => {
      const found = now();
      if (found === null) throw new Error("Cannot find job j_1");
      return { job: found };
    },
    listen: (listener: ClientListener) => listeners.push(listener),
  } as unknown as StationClient;
  const known = new KnownJob("j_1");
  const states: JobState[] = [];
  const told = (async () => {
    for await (const { state } of known.doing.changes) states.push(state);
  })();
  const event = (one: Job) =>
    known.listener.eventReceived!({ seq: 1, at: "", type: "job.started", job: one.id, body: one });
  const snapshot = (...jobs: Job[]) => known.listener.snapshotReceived!(jobs.map(item), 1);
  const giveUp = () =>
    listeners.forEach((listener) =>
      listener.connectionChanged!({ kind: "stopped", reason: "kicked", code: null }),
    );
  return { known, client, states, told, event, snapshot, giveUp };
}

describe("a job of before", () => {
  test("is followed from the snapshot on, through its events, to its end", async () => {
    const { known, client, states, told, event, snapshot } = world(() => job("queued"));
    snapshot(job("erased", "j_0"), job("queued"));
    expect(await known.askedOf(client)).toEqual(job("queued"));
    event(job("running", "j_2"));
    event(job("running"));
    event(job("erased"));
    expect(await known.doing.result).toEqual(job("erased"));
    await told;
    expect(states).toEqual(["queued", "running", "erased"]);
  });

  test("that ended so long ago that no snapshot shows it is as the station says", async () => {
    const { known, client, snapshot } = world(() => job("stopped"));
    snapshot();
    await known.askedOf(client);
    expect(await known.doing.result).toEqual(job("stopped"));
  });

  test("that ended while there was no connection, and long before it came back, is asked for again", async () => {
    let now = job("running");
    const { known, client, snapshot } = world(() => now);
    snapshot(now);
    await known.askedOf(client);
    now = job("failed");
    snapshot(job("running", "j_9"));
    expect(await known.doing.result).toEqual(job("failed"));
  });

  test("that the station does not know any more comes to no end", async () => {
    let now: Job | null = job("running");
    const { known, client, told, snapshot } = world(() => now);
    snapshot(now);
    await known.askedOf(client);
    now = null;
    snapshot();
    await expect(known.doing.result).rejects.toThrow("Cannot find job j_1");
    await told;
  });

  test("comes to no end when the client gives up", async () => {
    const { known, client, giveUp } = world(() => job("running"));
    await known.askedOf(client);
    giveUp();
    await expect(known.doing.result).rejects.toThrow("Cannot tell what became of job j_1: kicked");
  });

  test("that there is not is refused at once", async () => {
    const { known, client } = world(() => null);
    await expect(known.askedOf(client)).rejects.toThrow("Cannot find job j_1");
  });

  test("tells its own progress alone", async () => {
    const { known } = world(() => job("running"));
    for (const id of ["j_2", "j_1"]) known.listener.progressReceived!({ job: id });
    for await (const progress of known.doing.progress) {
      expect(progress).toEqual({ job: "j_1" });
      break;
    }
  });
});
