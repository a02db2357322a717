/** Follows jobs from the command that starts them to their result, whatever happens to the connection meanwhile. */
import type { EventRow, SnapshotItem } from "./event-log.ts";
import type { Params } from "./json-rpc.ts";
import { latest, type Latest } from "./latest.ts";
import { NoAnswerError } from "./outbox.ts";

export interface OperationHandle<P, R> {
  /** The job's id, once the station has recorded it. Rejects with the station's `Refusal`. */
  readonly job: Promise<string>;
  /** The newest progress whenever it is asked for; ends with the job. */
  readonly progress: AsyncIterable<P>;
  /**
   * How the job stands, the newest whenever it is asked for; ends with the job. A job may come to rest without a
   * result: only here is that seen.
   */
  readonly changes: AsyncIterable<R>;
  /** What the job ended with. Rejects if it was refused. */
  readonly result: Promise<R>;
}

/** The event type with which every job ends; its body is the job's result. Every other event of a job says how it stands. */
const endedType = "job.ended";

/** The newest that was heard of a job. */
interface Standing {
  readonly job: unknown;
  readonly ended: boolean;
}

interface Followed {
  readonly progress: Latest<unknown>;
  readonly changes: Latest<unknown>;
  readonly result: PromiseWithResolvers<unknown>;
}

export class Operations {
  readonly #followed = new Map<string, Followed>();
  /** Operations whose answer has not come. While there are any, what is heard of unknown jobs is kept: one may be theirs. */
  readonly #unanswered = new Set<Followed>();
  readonly #heardEarly = new Map<string, Standing>();

  follow<P, R>(accepted: Promise<string>): OperationHandle<P, R> {
    const followed: Followed = {
      progress: latest(),
      changes: latest(),
      result: Promise.withResolvers(),
    };
    followed.result.promise.catch(() => {}); // whoever only wants the job need not look at its result
    accepted.catch(() => {});
    this.#unanswered.add(followed);
    accepted.then(
      (job) => this.#accepted(job, followed),
      (error: unknown) => this.#refused(followed, error),
    );
    return {
      job: accepted,
      progress: followed.progress as unknown as AsyncIterable<P>,
      changes: followed.changes as unknown as AsyncIterable<R>,
      result: followed.result.promise as Promise<R>,
    };
  }

  event({ type, job, body }: EventRow): void {
    if (job !== null) this.#heard(job, { job: body, ended: type === endedType });
  }

  snapshotItem({ kind, id, ended, item }: SnapshotItem): void {
    if (kind === "job") this.#heard(id, { job: item, ended });
  }

  progress(progress: Params & { readonly job: string }): void {
    this.#followed.get(progress.job)?.progress.push(progress);
  }

  /** Nothing more will be heard of any job. */
  end(reason: string): void {
    this.endAllBut([], reason);
  }

  /** Nothing more will be heard of the jobs that are not among `items`. */
  endAllBut(items: readonly SnapshotItem[], reason: string): void {
    const known = new Set(items.filter(({ kind }) => kind === "job").map(({ id }) => id));
    for (const [job, followed] of this.#followed) {
      if (known.has(job)) continue;
      this.#followed.delete(job);
      fail(followed, new NoAnswerError("the job", reason));
    }
  }

  #accepted(job: string, followed: Followed): void {
    this.#followed.set(job, followed);
    const early = this.#heardEarly.get(job);
    if (early) this.#heard(job, early);
    this.#answered(followed);
  }

  #refused(followed: Followed, error: unknown): void {
    fail(followed, error);
    this.#answered(followed);
  }

  #answered(followed: Followed): void {
    this.#unanswered.delete(followed);
    if (this.#unanswered.size === 0) this.#heardEarly.clear();
  }

  #heard(job: string, standing: Standing): void {
    const followed = this.#followed.get(job);
    if (!followed) {
      if (this.#unanswered.size > 0) this.#heardEarly.set(job, standing);
      return;
    }
    followed.changes.push(standing.job);
    if (!standing.ended) return;
    this.#followed.delete(job);
    end(followed);
    followed.result.resolve(standing.job);
  }
}

function end({ progress, changes }: Followed): void {
  progress.end();
  changes.end();
}

function fail(followed: Followed, error: unknown): void {
  end(followed);
  followed.result.reject(error);
}
