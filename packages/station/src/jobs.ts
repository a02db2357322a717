/** The jobs in the journal: every change is recorded with the event that tells of it. */
import {
  isOutcome,
  type ErasePlan,
  type EventType,
  type Job,
  type JobState,
  type Outcome,
} from "@trofie/contract";
import type { ProcessId } from "@trofie/disks";
import type { Journal } from "./journal.ts";

/** The event that tells of a job's arrival in a state. */
const eventOf: Readonly<Record<Exclude<JobState, Outcome>, EventType>> = {
  queued: "job.accepted",
  running: "job.started",
  verifying: "job.verifying",
  stopping: "job.stopping",
  hung: "job.hung",
  interrupted: "job.interrupted",
};

/** How many of the newest ended jobs a new watcher is shown; the rest can be asked for. */
const endedInSnapshot = 100;

export class Jobs {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get(id: string): Job | undefined {
    const row = this.#journal.one<JobColumn>("SELECT job FROM job WHERE id = ?", id);
    return row && jobOf(row);
  }

  /** The jobs that have not ended, in the order in which they were asked for. */
  open(): Job[] {
    return this.#journal.all<JobColumn>("SELECT job FROM job WHERE ended = 0 ORDER BY number").map(jobOf);
  }

  newest(limit: number): Job[] {
    return this.#journal.all<JobColumn>("SELECT job FROM job ORDER BY number DESC LIMIT ?", limit).map(jobOf);
  }

  /** What a new watcher is shown: all that is open, and the newest that has ended; oldest first. */
  forSnapshot(): Job[] {
    return this.#journal
      .all<JobColumn>(
        `SELECT job FROM job WHERE ended = 0 OR number IN
         (SELECT number FROM job WHERE ended = 1 ORDER BY number DESC LIMIT ?) ORDER BY number`,
        endedInSnapshot,
      )
      .map(jobOf);
  }

  plan(id: string): ErasePlan {
    const row = this.#journal.one<{ plan: string }>("SELECT plan FROM job WHERE id = ?", id)!;
    return JSON.parse(row.plan) as ErasePlan;
  }

  /** The process that had the device when the job was last heard of. */
  process(id: string): ProcessId | null {
    const row = this.#journal.one<{ process: string | null }>("SELECT process FROM job WHERE id = ?", id)!;
    return row.process === null ? null : (JSON.parse(row.process) as ProcessId);
  }

  /** Adds a job; only inside the journal's `commit`. */
  add(job: Job, plan: ErasePlan): void {
    const values = [JSON.stringify(job), JSON.stringify(plan)];
    this.#journal.run("INSERT INTO job (id, ended, job, plan) VALUES (?, 0, ?, ?)", job.id, ...values);
    this.#journal.append("job.accepted", job.id, job);
  }

  /** Records a job's new state; only inside the journal's `commit`. */
  change(id: string, change: Partial<Job> & { state: JobState }): Job {
    const job = { ...this.get(id)!, ...change };
    const { state } = job;
    const ended = isOutcome(state);
    this.#journal.run(
      "UPDATE job SET ended = ?, job = ? WHERE id = ?",
      ended ? 1 : 0,
      JSON.stringify(job),
      id,
    );
    this.#journal.append(isOutcome(state) ? "job.ended" : eventOf[state], id, job);
    return job;
  }

  /** Records who will open the device; only inside the journal's `commit`, before that process is let go. */
  setProcess(id: string, process: ProcessId): void {
    this.#journal.run("UPDATE job SET process = ? WHERE id = ?", JSON.stringify(process), id);
  }
}

interface JobColumn {
  readonly job: string;
}

function jobOf(row: JobColumn): Job {
  // Jobs of the first stations do not say when they were told to stop.
  return { stopAskedAt: null, ...(JSON.parse(row.job) as Omit<Job, "stopAskedAt">) };
}
