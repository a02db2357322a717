/**
 * Runs jobs: one per device at a time, the rest wait in order; devices work side by side.
 *
 * Invariant: the process that will open a device is in the journal before it opens anything, and no other process is
 * let near that device until the recorded one has ended or is proved dead.
 */
import {
  deviceKey,
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
    if (isOutcome(job.state) || job.state === "hung" || job.state === "stopping") return job;
    if (job.state !== "queued" && job.state !== "interrupted")
      return jobs.change(job.id, { state: "stopping" });
    const message =
      job.state === "queued" ? "It was stopped before it began" : "It was interrupted, then stopped";
    return jobs.change(job.id, this.#outcome(neverErased("stopped", message)));
  }

  /** Tells the job's process, if there is one. A process that is still starting is told when it is there. */
  carryOutStop(job: Job): void {
    this.#processes.get(job.id)?.stop();
    if (isOutcome(job.state)) this.#options.ended(job);
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
    this.#end(job, report);
  }

  /** Starts the process and records it, then lets it go; null when the job ended instead. */
  async #startProcess(job: Job): Promise<JobProcess | null> {
    const { host, jobs, journal } = this.#options;
    let process: JobProcess;
    try {
      const order = { job: job.id, plan: jobs.plan(job.id) };
      process = await host.start(order, (event) => this.#heard(job, event));
    } catch (error) {
      this.#end(job, neverErased("failed", asError(error).message));
      return null;
    }
    if (this.#closing || this.#state(job) !== "queued") {
      process.stop();
      await process.ended;
      this.release(job);
      return null;
    }
    journal.commit(() => {
      jobs.setProcess(job.id, process.process);
      jobs.change(job.id, { state: "running", startedAt: this.#now() });
    });
    process.go();
    return process;
  }

  #heard(job: Job, event: JobEvent): void {
    const { jobs, journal, progress } = this.#options;
    if (event.type === "progress") {
      const { type: _, ...rest } = event;
      return progress({ job: job.id, ...rest });
    }
    if (this.#state(job) === "running") journal.commit(() => jobs.change(job.id, { state: "verifying" }));
  }

  #interrupted(job: Job): void {
    const { jobs, journal } = this.#options;
    journal.commit(() => jobs.change(job.id, { state: "interrupted" }));
  }

  #end(job: Job, report: JobReport): void {
    const { jobs, journal, ended } = this.#options;
    if (!isOutcome(this.#state(job))) {
      journal.commit(() => jobs.change(job.id, this.#outcome(report)));
      ended(jobs.get(job.id)!);
    }
    this.release(job);
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
