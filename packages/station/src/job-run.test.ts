import type { JobState } from "@trofie/contract";
import { seededRandom, settle, VirtualClock } from "@trofie/reactor/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { acceptWork } from "./accept-work.ts";
import { goOn } from "./going-on.ts";
import { JobQueue } from "./job-queue.ts";
import { Jobs } from "./jobs.ts";
import { Journal } from "./journal.ts";
import { Recorder } from "./recorder.ts";
import { MemoryDiskHost, type MemoryJobProcess } from "./testing/memory-disk-host.ts";
import { MemoryMedium } from "./testing/memory-store.ts";

let clock: VirtualClock;
let host: MemoryDiskHost;
let medium: MemoryMedium;
let journal: Journal;
let jobs: Jobs;
let queue: JobQueue;
let id: string;
let ended: JobState[];
let errors: unknown[];

beforeEach(async () => {
  clock = new VirtualClock();
  const random = seededRandom(1);
  host = new MemoryDiskHost();
  host.add("/dev/a");
  medium = new MemoryMedium(random);
  journal = new Journal(medium.open(), clock);
  jobs = new Jobs(journal);
  ended = [];
  errors = [];
  queue = new JobQueue({
    jobs,
    host,
    clock,
    recorder: new Recorder(journal, clock),
    devices: { devices: [] },
    atOncePerBus: null,
    progress: () => {},
    ended: ({ state }) => ended.push(state),
    onError: (error) => errors.push(error),
  });
  const work = { kind: "verify", path: "/dev/a", expect: { hex: "00" }, reading: "full" } as const;
  const { record, start } = await acceptWork({ host, jobs, queue, clock, random }, work);
  journal.commit(() => (id = record().job));
  start?.({ job: id });
  await settle();
});

afterEach(async () => {
  await clock.run(queue.close(1_000));
  journal.close();
  expect(errors).toEqual([]);
});

const process = (): MemoryJobProcess => host.processes[0]!;
const checkpoint = (offset: number): void => process().tell({ type: "checkpoint", checkpoint: { offset } });
const stands = (): unknown => [jobs.get(id)!.state, jobs.order(id).checkpoint];

describe("a job at work", () => {
  test("has its newest checkpoint in the journal, and no event of it", async () => {
    const { lastSeq } = journal;
    checkpoint(1);
    checkpoint(2);
    await settle();
    expect(stands()).toEqual(["running", { offset: 2 }]);
    expect(journal.lastSeq).toBe(lastSeq);
  });

  test("goes on while the journal's disk is full, and what it told is written when there is room", async () => {
    checkpoint(1);
    medium.isFull = true;
    checkpoint(2);
    process().tell({ type: "verifying" });
    checkpoint(3);
    await clock.advance(60_000);
    expect(stands()).toEqual(["running", { offset: 1 }]);
    expect(process().wasStopped).toBe(false);
    medium.isFull = false;
    await clock.advance(1_000);
    expect(stands()).toEqual(["verifying", { offset: 3 }]);
  });

  test("that is cut off while the disk is full keeps the checkpoint that it told last", async () => {
    medium.isFull = true;
    checkpoint(7);
    await clock.advance(500);
    process().end({ how: "interrupted", message: "The disk is gone" });
    await clock.advance(59_700);
    expect(stands()).toEqual(["running", null]);
    medium.isFull = false; // just before the end is tried again, and after the checkpoint was
    await clock.advance(1_000);
    expect(stands()).toEqual(["interrupted", { offset: 7 }]);
  });

  test("that goes on in another process stands as that one says, whatever the first could not write", async () => {
    journal.setReserveAside();
    medium.isFull = true;
    process().tell({ type: "verifying" });
    checkpoint(7);
    process().end({ how: "interrupted", message: "The disk is gone" });
    await settle();
    expect(stands()).toEqual(["interrupted", { offset: 7 }]);
    medium.isFull = false;
    journal.commit(() => goOn(jobs.get(id)!, jobs, host.devices.get("/dev/a")!, null));
    queue.startAll();
    await settle();
    const second = host.processes[1]!;
    second.tell({ type: "checkpoint", checkpoint: { offset: 9 } });
    second.tell({ type: "paused" });
    await clock.advance(2_000); // the first has tried again meanwhile
    expect(stands()).toEqual(["paused", { offset: 9 }]);
  });

  test("is told that a checkpoint is kept only when that is durable", async () => {
    const kept: number[] = [];
    const keep = (offset: number): void =>
      void process()
        .keep({ offset })
        ?.then(() => kept.push(offset));
    keep(1);
    await settle();
    expect([kept, stands()]).toEqual([[1], ["running", { offset: 1 }]]);
    medium.isFull = true;
    keep(2);
    await clock.advance(60_000);
    expect(kept).toEqual([1]);
    medium.isFull = false;
    await clock.advance(1_000);
    expect([kept, stands()]).toEqual([
      [1, 2],
      ["running", { offset: 2 }],
    ]);
  });

  test("that ends while the disk is full has its result when there is room, and is told of once", async () => {
    medium.isFull = true;
    process().finish("done");
    await clock.advance(60_000);
    expect([stands(), ended]).toEqual([["running", null], []]);
    medium.isFull = false;
    await clock.advance(1_000);
    expect([stands(), ended]).toEqual([["done", null], ["done"]]);
  });

  test("that ends while the disk is full has its result at once where some room was set aside", async () => {
    journal.setReserveAside();
    medium.isFull = true;
    process().finish("done");
    await settle();
    expect([stands(), ended]).toEqual([["done", null], ["done"]]);
  });

  test("that is told to stop, and crashes, is stopped", async () => {
    journal.commit(() => jobs.change(id, { state: "stopping", stopAskedAt: "now" }));
    process().crash();
    await clock.advance(0);
    const message = "It was told to stop, and did not end by itself: The job's process was killed";
    expect(jobs.get(id)).toMatchObject({ state: "stopped", report: { message } });
  });
});
