/**
 * What a watcher knows of a station: built from a snapshot and the events after it. Terminal and page share it.
 * Plain frozen data: each change makes a new view.
 */
import type { EventRow, SnapshotItem } from "@trofie/commands";
import type { Device } from "./device.ts";
import { isMoving, isOutcome } from "./job-states.ts";
import type { Job, Progress } from "./job.ts";

export interface StationView {
  readonly devices: ReadonlyMap<string, Device>;
  /** In the order in which they were asked for. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** The newest progress of each running job. */
  readonly progress: ReadonlyMap<string, Progress>;
}

export const emptyView: StationView = { devices: new Map(), jobs: new Map(), progress: new Map() };

export function viewOfSnapshot(items: readonly SnapshotItem[]): StationView {
  const of = <T>(kind: string): Map<string, T> =>
    new Map(items.filter((item) => item.kind === kind).map(({ id, item }) => [id, item as T]));
  return { devices: of<Device>("device"), jobs: of<Job>("job"), progress: new Map() };
}

export function withEvent(view: StationView, { type, body }: EventRow): StationView {
  // A station that starts says anew which devices it finds.
  if (type === "station.started") return { ...view, devices: new Map() };
  if (type === "device.removed") return { ...view, devices: without(view.devices, (body as Device).path) };
  if (type.startsWith("device."))
    return { ...view, devices: new Map(view.devices).set((body as Device).path, body as Device) };
  if (type.startsWith("job.")) return withJob(view, body as Job);
  return view;
}

export function withProgress(view: StationView, progress: Progress): StationView {
  const job = view.jobs.get(progress.job);
  if (!job || isOutcome(job.state)) return view;
  return { ...view, progress: new Map(view.progress).set(progress.job, progress) };
}

/** How far a job is; undefined unless it moves, for nothing is left to expect of what does not. */
export function progressOf(view: StationView, job: Job | undefined): Progress | undefined {
  const progress = job && isMoving(job.state) ? view.progress.get(job.id) : undefined;
  return progress && job?.state === "paused" ? atRest(progress) : progress;
}

/** How far a job is that has paused: what rate it last had says nothing of when it will be done. */
export function atRest(progress: Progress): Progress {
  return { ...progress, bytesPerSecond: 0, etaMs: null, limit: null };
}

function withJob(view: StationView, job: Job): StationView {
  const jobs = new Map(view.jobs).set(job.id, job);
  return { ...view, jobs, progress: isOutcome(job.state) ? without(view.progress, job.id) : view.progress };
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
