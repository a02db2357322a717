/** The jobs in the journal: every change is recorded with the event that tells of it. */
import { isOutcome, type EventType, type Job, type JobState, type Plan } from "@trofie/contract";
import type { Checkpoint, JobOrder, ProcessId } from "@trofie/disks";
import type { Journal } from "./journal.ts";
import type { StoredJob } from "./store.ts";

/** How many of the newest ended jobs a new watcher is shown; the rest can be asked for. */
const endedInSnapshot = 100;

/** All but `get`, `open` and the other questions only inside the journal's `commit`. */
export class Jobs {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get(id: string): Job | undefined {
    const row = this.#journal.job(id);
    return row && jobOf(row);
  }

  /** The jobs that have not ended, in the order in which they were asked for. */
  open(): Job[] {
    return this.#journal.openJobs().map(jobOf);
  }

  newest(limit: number): Job[] {
    return this.#journal.newestJobs(limit).map(jobOf);
  }

  /** At least the newest one, and no more than make a text of that length. */
  newestWithin(limit: number, mostLetters: number): Job[] {
    const jobs: Job[] = [];
    let letters = 0;
    for (const row of this.#journal.newestJobs(limit)) {
      letters += row.job.length;
      if (letters > mostLetters && jobs.length > 0) break;
      jobs.push(jobOf(row));
    }
    return jobs;
  }

  /** What a new watcher is shown: all that is open, and the newest that has ended; oldest first. */
  forSnapshot(): Job[] {
    const rows = [...this.#journal.openJobs(), ...this.#journal.newestEndedJobs(endedInSnapshot)];
    return rows.toSorted((a, b) => a.number - b.number).map(jobOf);
  }

  /** The jobs that were asked for after this one, and whose process was let go at its device. */
  begunAfter(id: string): Job[] {
    const later = this.#journal.jobsAfter(this.#row(id).number);
    return later.filter(({ process }) => process !== null).map(jobOf);
  }

  /** What its process is given: the device is the planned one, at the place where it was found last. */
  order(id: string): JobOrder {
    const { job, plan, seed, checkpoint } = this.#row(id);
    const { path, identity } = JSON.parse(job) as Job;
    return {
      job: id,
      plan: { ...(JSON.parse(plan) as Plan), path, identity },
      seedHex: seed,
      checkpoint: parsed<Checkpoint>(checkpoint),
    };
  }

  /** The plan as it was confirmed. */
  plan(id: string): Plan {
    return JSON.parse(this.#row(id).plan) as Plan;
  }

  /** The process that had the device when the job was last heard of; null when none was let near it. */
  process(id: string): ProcessId | null {
    return parsed<ProcessId>(this.#row(id).process);
  }

  /** Whether it goes on only when somebody says so: it was told to pause. */
  rests(id: string): boolean {
    return this.#row(id).rests;
  }

  add(job: Job, plan: Plan, seedHex: string): void {
    this.#journal.putJob({
      number: this.#journal.nextJobNumber(),
      id: job.id,
      ended: false,
      job: JSON.stringify(job),
      plan: JSON.stringify(plan),
      seed: seedHex,
      checkpoint: null,
      process: null,
      rests: false,
    });
    this.#journal.append("job.accepted", job.id, job);
  }

  /** Records a job's new state, and why it is in that. */
  change(id: string, change: Partial<Job> & { readonly state: JobState }): Job {
    const before = this.get(id)!;
    const job = { ...before, why: null, ...change };
    this.#put(id, { ended: isOutcome(job.state), job: JSON.stringify(job) });
    this.#journal.append(eventOf(before.state, job.state), id, job);
    return job;
  }

  /** Records who will open the device, before that process is let go; null when it has refused to touch it. */
  setProcess(id: string, process: ProcessId | null): void {
    this.#put(id, { process: process && JSON.stringify(process) });
  }

  /** Only the newest counts. It is no event: nobody but the job itself can read it. */
  setCheckpoint(id: string, checkpoint: Checkpoint): void {
    this.#put(id, { checkpoint: JSON.stringify(checkpoint) });
  }

  setRests(id: string, rests: boolean): void {
    this.#put(id, { rests });
  }

  #put(id: string, change: Partial<StoredJob>): void {
    this.#journal.putJob({ ...this.#row(id), ...change });
  }

  #row(id: string): StoredJob {
    return this.#journal.job(id)!;
  }
}

function jobOf({ job }: StoredJob): Job {
  return JSON.parse(job) as Job;
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a column has no type: the caller knows what it wrote
function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

/** The event that tells of a job's arrival in a state. */
function eventOf(before: JobState, state: JobState): EventType {
  if (isOutcome(state)) return "job.ended";
  if (state === "queued") return "job.resumed";
  if (state === "running" || state === "verifying") return workingEvent(before, state);
  return `job.${state}`;
}

function workingEvent(before: JobState, state: "running" | "verifying"): EventType {
  if (before === "paused") return "job.resumed";
  if (before === "hung") return "job.answering";
  if (state === "verifying") return "job.verifying";
  return before === "verifying" ? "job.writing" : "job.started";
}
