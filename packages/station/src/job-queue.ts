/**
 * Runs jobs: of those that need a device for themselves one at a time, the rest wait in order; devices work side by side,
 * as many behind one controller as its limit says.
 *
 * Invariant: no process is let near a device until the one that had it before has ended or is proved dead.
 */
import { deviceKey, workKinds, type Job } from "@trofie/contract";
import { BusLimit, type BusLimitOptions } from "./bus-limit.ts";
import { JobRun, type JobRunOptions } from "./job-run.ts";

export interface JobQueueOptions extends Omit<JobRunOptions, "hung">, Omit<BusLimitOptions, "jobs"> {}

interface Running {
  readonly run: JobRun;
  readonly over: Promise<void>;
}

export class JobQueue {
  readonly limit: BusLimit;
  readonly #options: JobRunOptions;
  /** The job that has each lane. */
  readonly #busy = new Map<string, string>();
  readonly #running = new Map<string, Running>();
  #isClosing = false;

  constructor(options: JobQueueOptions) {
    this.limit = new BusLimit(options);
    this.#options = { ...options, hung: (job) => this.#startAfter(laneOf(job)) };
  }

  /** Starts every waiting job whose lane is free. */
  startAll(): void {
    for (const job of this.#options.jobs.open()) this.#startNext(laneOf(job));
  }

  /** Keeps a device for a job whose process may still live. */
  keep(job: Job): void {
    this.#busy.set(laneOf(job), job.id);
  }

  /** Lets the next job have the device. */
  release(job: Job): void {
    const lane = laneOf(job);
    if (this.#busy.get(lane) === job.id) this.#busy.delete(lane);
    this.#startAfter(lane);
  }

  /** The job's process, if it is one of this station. */
  runOf(id: string): JobRun | undefined {
    return this.#running.get(id)?.run;
  }

  /**
   * Ends all processes and waits for that, at most `deadlineMs`. Their jobs are cut off; one whose process does not end
   * in time keeps its state, and the next start looks at that process again.
   */
  async close(deadlineMs: number): Promise<void> {
    const { clock, recorder } = this.#options;
    this.#isClosing = true;
    recorder.close();
    for (const { run } of this.#running.values()) run.close();
    const deadline = Promise.withResolvers<void>();
    using _ = clock.callLater(deadlineMs, deadline.resolve);
    await Promise.race([Promise.all([...this.#running.values()].map(({ over }) => over)), deadline.promise]);
  }

  #startNext(lane: string): void {
    if (this.#isClosing || this.#busy.has(lane)) return;
    const job = this.#options.jobs.open().find((open) => open.state === "queued" && laneOf(open) === lane);
    if (job === undefined || this.limit.isFull(job, new Set(this.#busy.values()))) return;
    this.#busy.set(lane, job.id);
    const run = new JobRun(job, this.#options);
    this.#running.set(job.id, { run, over: this.#follow(job, run) });
  }

  /** With a place behind its controller free too, whoever was asked for first may come from any lane. */
  #startAfter(lane: string): void {
    if (this.limit.isSet) this.startAll();
    else this.#startNext(lane);
  }

  /** What goes wrong in recording keeps the device from others: nobody knows what its process does. */
  async #follow(job: Job, run: JobRun): Promise<void> {
    try {
      await run.run();
    } catch (error) {
      this.#running.delete(job.id);
      return this.#options.onError(error);
    }
    this.#running.delete(job.id);
    this.release(job);
  }
}

/** Where a job waits: in line for its device, or beside that with those that do not need it for themselves. */
function laneOf({ kind, identity }: Job): string {
  return `${workKinds[kind].exclusive ? "on" : "beside"} ${deviceKey(identity)}`;
}
