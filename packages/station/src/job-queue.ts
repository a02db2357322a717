/**
 * Runs jobs: one per device at a time, the rest wait in order; devices work side by side.
 *
 * Invariant: the process that will open a device is in the journal before it opens anything, and no other process is
 * let near that device until the recorded one has ended or is proved dead.
 */
import { Refusal } from "@trofie/commands";
import {
  deviceKey,
  holdsDevice,
  isOutcome,
  type Job,
  type JobReport,
  type JobState,
  type Progress,
} from "@trofie/contract";
import type { DiskHost, JobEnd, JobEvent, JobProcess } from "@trofie/disks";
import { asError, type Clock } from "@trofie/reactor";
import type { Journal } from "./journal.ts";
import type { Jobs } from "./jobs.ts";
import { isoTime } from "./world.ts";

export interface JobQueueOptions {
  readonly journal: Journal;
  readonly jobs: Jobs;
  readonly host: DiskHost;
  readonly clock: Clock;
  readonly progress: (progress: Progress) => void;
  /** Told of each job that has its outcome, after that is durable. */
  readonly ended: (job: Job) => void;
  /** Told of what must never happen. */
  readonly onError: (error: unknown) => void;
}

const recordAgainMs = 1_000;

export class JobQueue {
  readonly #options: JobQueueOptions;
  /** The job that has each device, by the device's key. */
  readonly #busy = new Map<string, string>();
  readonly #processes = new Map<string, JobProcess>();
  readonly #runs = new Set<Promise<void>>();
  #closing = false;

  constructor(options: JobQueueOptions) {
    this.#options = options;
  }

  /** Starts every waiting job whose device is free. */
  startAll(): void {
    for (const job of this.#options.jobs.open()) this.#startNext(deviceKey(job.identity));
  }

  /** Keeps a device for a job whose process may still live. */
  keep(job: Job): void {
    this.#busy.set(deviceKey(job.identity), job.id);
  }

  /** Lets the next job have the device. */
  release(job: Job): void {
    const key = deviceKey(job.identity);
    if (this.#busy.get(key) === job.id) this.#busy.delete(key);
    this.#startNext(key);
  }

  /** Writes a stop into the journal; only inside its `commit`. Returns the job as it stands then. */
  recordStop(id: string): Job {
    const { jobs } = this.#options;
    const job = jobs.get(id)!;
    if (isOutcome(job.state) || job.stopAskedAt !== null) return job;
    const stopAskedAt = this.#now();
    if (holdsDevice(job.state))
      return jobs.change(id, { state: job.state === "hung" ? "hung" : "stopping", stopAskedAt });
    const message =
      job.state === "queued" ? "It was stopped before it began" : "It was interrupted, then stopped";
    return jobs.change(id, { stopAskedAt, ...this.#outcome(neverErased("stopped", message)) });
  }

  /** Tells the job's process, if there is one. A process that is still starting is told when it is there. */
  carryOutStop(job: Job): void {
    this.#processes.get(job.id)?.stop();
    if (isOutcome(job.state)) this.#options.ended(job);
  }

  /** The process that an earlier station left still lives, so it may still hold the device. */
  oldProcessHangs({ id }: Job): void {
    const { jobs, journal } = this.#options;
    if (jobs.get(id)!.state !== "hung") journal.commit(() => jobs.change(id, { state: "hung" }));
  }

  /** The process that an earlier station left is dead. Nobody saw its end, so the job is never `erased`. */
  async oldProcessEnded({ id }: Job): Promise<void> {
    const job = this.#options.jobs.get(id)!;
    if (job.stopAskedAt !== null)
      return this.#end(job, neverErased("stopped", "It was told to stop, and its process has ended unseen"));
    await this.#interrupted(job);
    this.release(job);
  }

  /**
   * Stops all processes and waits until they have ended, at most `deadlineMs`. Their jobs become `interrupted`;
   * one that does not end in time keeps its state, and the next start looks at its process again.
   */
  async close(deadlineMs: number): Promise<void> {
    this.#closing = true;
    for (const process of this.#processes.values()) process.stop();
    const deadline = Promise.withResolvers<void>();
    using _ = this.#options.clock.callLater(deadlineMs, deadline.resolve);
    await Promise.race([Promise.all(this.#runs), deadline.promise]);
  }

  #startNext(key: string): void {
    if (this.#closing || this.#busy.has(key)) return;
    const isNext = (job: Job): boolean => job.state === "queued" && deviceKey(job.identity) === key;
    const job = this.#options.jobs.open().find(isNext);
    if (!job) return;
    this.#busy.set(key, job.id);
    const run = this.#run(job)
      .catch(this.#options.onError)
      .finally(() => this.#runs.delete(run));
    this.#runs.add(run);
  }

  async #run(job: Job): Promise<void> {
    const process = await this.#startProcess(job);
    if (!process) return;
    this.#processes.set(job.id, process);
    const report = reportOf(await process.ended);
    this.#processes.delete(job.id);
    const state = this.#state(job);
    if (this.#closing && report.outcome === "stopped" && state !== "stopping") return this.#interrupted(job);
    await this.#end(job, report);
  }

  /** Starts the process and records it, then lets it go; null when the job ended instead. */
  async #startProcess(job: Job): Promise<JobProcess | null> {
    const { host, jobs } = this.#options;
    let process: JobProcess;
    try {
      const order = { job: job.id, plan: jobs.plan(job.id) };
      process = await host.start(order, (event) => this.#heard(job, event));
    } catch (error) {
      await this.#end(job, neverErased("failed", asError(error).message));
      return null;
    }
    if (await this.#recordStart(job, process)) {
      process.go();
      return process;
    }
    process.stop();
    await process.ended;
    this.release(job);
    return null;
  }

  /** False when the job is not to start any more. */
  async #recordStart(job: Job, { process }: JobProcess): Promise<boolean> {
    const { jobs } = this.#options;
    const isDue = (): boolean => !this.#closing && this.#state(job) === "queued";
    if (!isDue()) return false;
    await this.#record(() => {
      if (!isDue()) return;
      jobs.setProcess(job.id, process);
      jobs.change(job.id, { state: "running", startedAt: this.#now() });
    });
    return this.#state(job) === "running";
  }

  #heard(job: Job, event: JobEvent): void {
    const { jobs, progress, onError } = this.#options;
    if (event.type === "progress") {
      const { type: _, ...rest } = event;
      return progress({ job: job.id, ...rest });
    }
    this.#record(() => {
      if (this.#state(job) === "running") jobs.change(job.id, { state: "verifying" });
    }).catch(onError);
  }

  #interrupted(job: Job): Promise<void> {
    return this.#record(() => this.#options.jobs.change(job.id, { state: "interrupted" }));
  }

  async #end(job: Job, report: JobReport): Promise<void> {
    const { jobs, ended } = this.#options;
    if (!isOutcome(this.#state(job))) {
      await this.#record(() => jobs.change(job.id, this.#outcome(report)));
      ended(jobs.get(job.id)!);
    }
    this.release(job);
  }

  /** Records what has happened and cannot be refused any more: while the disk is full it is tried again and again. */
  async #record(change: () => void): Promise<void> {
    for (;;) {
      try {
        return this.#options.journal.commit(change);
      } catch (error) {
        if (!(error instanceof Refusal) || this.#closing) throw error;
      }
      await new Promise<void>((resolve) => this.#options.clock.callLater(recordAgainMs, resolve));
    }
  }

  #outcome(report: JobReport): { state: JobState; endedAt: string; report: JobReport } {
    return { state: report.outcome, endedAt: this.#now(), report };
  }

  #state(job: Job): JobState {
    return this.#options.jobs.get(job.id)!.state;
  }

  #now(): string {
    return isoTime(this.#options.clock);
  }
}

/** A process that refused, or went without a word, has not erased the device; which of the two stands in the message. */
function reportOf(end: JobEnd): JobReport {
  return end.how === "reported" ? end.report : neverErased("failed", end.message);
}

function neverErased(outcome: "failed" | "stopped", message: string): JobReport {
  return { outcome, message, directIo: false, passes: [], verification: null, durationMs: 0 };
}
