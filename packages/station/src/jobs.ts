/** The jobs in the journal: every change is recorded with the event that tells of it. */
import { isOutcome, type EventType, type Job, type JobState, type Plan } from "@trofie/contract";
import type { Checkpoint, JobOrder, ProcessId } from "@trofie/disks";
import type { Journal } from "./journal.ts";

/** How many of the newest ended jobs a new watcher is shown; the rest can be asked for. */
const endedInSnapshot = 100;

/** All but `get`, `open` and the other questions only inside the journal's `commit`. */
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
    return this.#all("SELECT job FROM job WHERE ended = 0 ORDER BY number");
  }

  newest(limit: number): Job[] {
    return this.#all("SELECT job FROM job ORDER BY number DESC LIMIT ?", limit);
  }

  /** What a new watcher is shown: all that is open, and the newest that has ended; oldest first. */
  forSnapshot(): Job[] {
    return this.#all(
      `SELECT job FROM job WHERE ended = 0 OR number IN
       (SELECT number FROM job WHERE ended = 1 ORDER BY number DESC LIMIT ?) ORDER BY number`,
      endedInSnapshot,
    );
  }

  /** The jobs that were asked for after this one, and whose process was let go at its device. */
  begunAfter(id: string): Job[] {
    return this.#all(
      `SELECT job FROM job WHERE process IS NOT NULL AND number > (SELECT number FROM job WHERE id = ?)
       ORDER BY number`,
      id,
    );
  }

  /** What its process is given: the device is the planned one, at the place where it was found last. */
  order(id: string): JobOrder {
    const { job, plan, seed, checkpoint } = this.#order(id);
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
    return JSON.parse(this.#order(id).plan) as Plan;
  }

  /** The process that had the device when the job was last heard of; null when none was let near it. */
  process(id: string): ProcessId | null {
    return parsed<ProcessId>(this.#order(id).process);
  }

  /** Whether it goes on only when somebody says so: it was told to pause. */
  rests(id: string): boolean {
    return this.#order(id).rests === 1;
  }

  add(job: Job, plan: Plan, seedHex: string): void {
    const values = [JSON.stringify(job), JSON.stringify(plan), seedHex];
    this.#journal.run(
      "INSERT INTO job (id, ended, job, plan, seed) VALUES (?, 0, ?, ?, ?)",
      job.id,
      ...values,
    );
    this.#journal.append("job.accepted", job.id, job);
  }

  /** Records a job's new state, and why it is in that. */
  change(id: string, change: Partial<Job> & { readonly state: JobState }): Job {
    const before = this.get(id)!;
    const job = { ...before, why: null, ...change };
    const ended = isOutcome(job.state) ? 1 : 0;
    this.#journal.run("UPDATE job SET ended = ?, job = ? WHERE id = ?", ended, JSON.stringify(job), id);
    this.#journal.append(eventOf(before.state, job.state), id, job);
    return job;
  }

  /** Records who will open the device, before that process is let go; null when it has refused to touch it. */
  setProcess(id: string, process: ProcessId | null): void {
    const text = process && JSON.stringify(process);
    this.#journal.run("UPDATE job SET process = ? WHERE id = ?", text, id);
  }

  /** Only the newest counts. It is no event: nobody but the job itself can read it. */
  setCheckpoint(id: string, checkpoint: Checkpoint): void {
    this.#journal.run("UPDATE job SET checkpoint = ? WHERE id = ?", JSON.stringify(checkpoint), id);
  }

  setRests(id: string, rests: boolean): void {
    this.#journal.run("UPDATE job SET rests = ? WHERE id = ?", rests ? 1 : 0, id);
  }

  #order(id: string): OrderColumns {
    const sql = "SELECT job, plan, seed, checkpoint, process, rests FROM job WHERE id = ?";
    return this.#journal.one<OrderColumns>(sql, id)!;
  }

  #all(sql: string, ...values: (string | number)[]): Job[] {
    return this.#journal.all<JobColumn>(sql, ...values).map(jobOf);
  }
}

interface JobColumn {
  readonly job: string;
}

interface OrderColumns extends JobColumn {
  readonly plan: string;
  readonly seed: string;
  readonly checkpoint: string | null;
  readonly process: string | null;
  readonly rests: number;
}

function jobOf({ job }: JobColumn): Job {
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
