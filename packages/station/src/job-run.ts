/**
 * One process of one job, from its start to its end.
 *
 * Invariant: the process is in the journal before it opens anything. What it tells is written into the journal too;
 * while that cannot be written the process goes on, and the newest of it is written as soon as there is room.
 */
import { holdsDevice, isOutcome, type Job, type Progress } from "@trofie/contract";
import type { DiskHost, JobEnd, JobEvent, JobProcess } from "@trofie/disks";
import { asError, type Clock } from "@trofie/reactor";
import { whyOvertaken } from "./going-on.ts";
import { endingOf, withEnding } from "./job-ending.ts";
import { JobStanding } from "./job-standing.ts";
import type { Jobs } from "./jobs.ts";
import type { Recorder } from "./recorder.ts";
import { isoTime } from "./world.ts";

export interface JobRunOptions {
  readonly jobs: Jobs;
  readonly host: DiskHost;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly progress: (progress: Progress) => void;
  /** Told of each job that has its outcome, after that is durable. */
  readonly ended: (job: Job) => void;
  /** Told when its disk does not answer any more, and that is recorded. */
  readonly hung?: (job: Job) => void;
  /** Told of what must never happen. */
  readonly onError: (error: unknown) => void;
}

export class JobRun {
  readonly #id: string;
  /** An earlier process of the job has worked on the device. */
  readonly #hadBegun: boolean;
  readonly #options: JobRunOptions;
  readonly #standing = new JobStanding();
  #process: JobProcess | null = null;
  /** What goes on until all that was heard is written. */
  #writing: Promise<void> | null = null;
  #isWritten = true;
  /** How it ended is in the journal, with all that it told: what its job says from then on is another process's to say. */
  #isOver = false;
  #isClosing = false;

  constructor({ id, startedAt }: Job, options: JobRunOptions) {
    this.#id = id;
    this.#hadBegun = startedAt !== null;
    this.#options = options;
  }

  /** Returns when the process has ended and what became of its job is recorded. */
  async run(): Promise<void> {
    const process = await this.#start();
    if (process === null) return;
    this.#process = process;
    let isLetGo = false;
    try {
      isLetGo = await this.#recordStart(process);
    } finally {
      if (!isLetGo) process.stop();
    }
    if (isLetGo) process.go();
    const end = await process.ended;
    this.#process = null;
    if (isLetGo) await this.#end(end);
  }

  /** A process that is still starting is told when it is there. */
  stop(): void {
    this.#process?.stop();
  }

  pause(): void {
    this.#process?.pause();
  }

  resume(): void {
    this.#process?.resume();
  }

  /** The station ends: the job is cut off, not stopped. */
  close(): void {
    this.#isClosing = true;
    this.stop();
  }

  async #start(): Promise<JobProcess | null> {
    const { host, jobs } = this.#options;
    try {
      return await host.start(jobs.order(this.#id), (event) => this.#heard(event));
    } catch (error) {
      await this.#end({ how: "refused", code: "INTERNAL", message: asError(error).message });
      return null;
    }
  }

  /** False when the job is not to start any more: a later one may have had the disk while it waited for its turn. */
  async #recordStart({ process }: JobProcess): Promise<boolean> {
    const { jobs, recorder, clock } = this.#options;
    const isDue = (): boolean => !this.#isClosing && this.#job().state === "queued";
    if (!isDue()) return false;
    await recorder.record(() => {
      if (!isDue()) return;
      const overtaken = whyOvertaken(this.#job(), jobs);
      if (overtaken !== null) {
        jobs.change(this.#id, { state: "interrupted", why: `Cannot go on: ${overtaken}` });
      } else {
        jobs.setProcess(this.#id, process);
        jobs.change(this.#id, { state: "running", startedAt: this.#job().startedAt ?? isoTime(clock) });
      }
    });
    return this.#job().state === "running";
  }

  /** As `OnJobEvent`. */
  #heard(event: JobEvent): void | Promise<void> {
    if (event.type === "progress") {
      const { type: _, ...rest } = event;
      return this.#options.progress({ job: this.#id, ...rest });
    }
    this.#standing.heard(event);
    this.#isWritten = false;
    if (this.#writing === null) {
      this.#writing = this.#writeAll().finally(() => (this.#writing = null));
      this.#writing.catch(this.#options.onError);
    }
    return this.#writing;
  }

  /** What is heard while the disk is full is written together, when there is room. */
  async #writeAll(): Promise<void> {
    const { recorder, hung } = this.#options;
    while (!this.#isWritten) await recorder.record(() => this.#write());
    if (this.#isOver) return;
    const job = this.#job();
    if (job.state === "hung") hung?.(job);
  }

  #write(): void {
    const { jobs } = this.#options;
    const { checkpoint } = this.#standing;
    this.#isWritten = true;
    if (this.#isOver) return;
    const job = this.#job();
    if (!holdsDevice(job.state)) return;
    if (checkpoint !== null) jobs.setCheckpoint(this.#id, checkpoint);
    const { state, why } = this.#standing.of(job);
    if (state !== job.state || why !== job.why) jobs.change(this.#id, { state, why });
  }

  /** What was asked of the job while this could not be written counts too. */
  async #end(end: JobEnd): Promise<void> {
    const { jobs, recorder, clock, ended } = this.#options;
    await recorder.recordEnd(() => {
      const job = this.#job();
      if (isOutcome(job.state)) return;
      const { checkpoint } = this.#standing;
      if (checkpoint !== null) jobs.setCheckpoint(this.#id, checkpoint);
      if (end.how === "refused" && !this.#hadBegun) jobs.setProcess(this.#id, null);
      const options = {
        isClosing: this.#isClosing,
        hadBegun: this.#hadBegun,
        rests: jobs.rests(this.#id),
      };
      jobs.change(this.#id, withEnding(endingOf(end, job, options), clock));
    });
    this.#isOver = true;
    const job = this.#job();
    if (isOutcome(job.state)) ended(job);
  }

  #job(): Job {
    return this.#options.jobs.get(this.#id)!;
  }
}
