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
  /** What the job ended with. Rejects if it was refused. */
  readonly result: Promise<R>;
}

/** The event type with which every job ends; its body is the job's result. */
const endedType = "job.ended";

interface Followed {
  readonly progress: Latest<unknown>;
  readonly result: PromiseWithResolvers<unknown>;
}

export class Operations {
  readonly #followed = new Map<string, Followed>();
  /** Operations whose answer has not come. While there are any, results of unknown jobs are kept: one may be theirs. */
  readonly #unanswered = new Set<Followed>();
  readonly #endedEarly = new Map<string, unknown>();

  follow<P, R>(accepted: Promise<string>): OperationHandle<P, R> {
    const followed: Followed = { progress: latest(), result: Promise.withResolvers() };
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
      result: followed.result.promise as Promise<R>,
    };
  }

  event(row: EventRow): void {
    if (row.type === endedType && row.job !== null) this.#ended(row.job, row.body);
  }

  snapshotItem({ kind, id, ended, item }: SnapshotItem): void {
    if (kind === "job" && ended) this.#ended(id, item);
  }

  progress(progress: Params): void {
    this.#followed.get(String(progress.job))?.progress.push(progress);
  }

  /** Nothing more will be heard of any job. */
  end(reason: string): void {
    for (const followed of this.#followed.values()) fail(followed, new NoAnswerError("the job", reason));
    this.#followed.clear();
  }

  #accepted(job: string, followed: Followed): void {
    this.#followed.set(job, followed);
    if (this.#endedEarly.has(job)) this.#ended(job, this.#endedEarly.get(job));
    this.#answered(followed);
  }

  #refused(followed: Followed, error: unknown): void {
    fail(followed, error);
    this.#answered(followed);
  }

  #answered(followed: Followed): void {
    this.#unanswered.delete(followed);
    if (this.#unanswered.size === 0) this.#endedEarly.clear();
  }

  #ended(job: string, result: unknown): void {
    const followed = this.#followed.get(job);
    if (!followed) {
      if (this.#unanswered.size > 0) this.#endedEarly.set(job, result);
      return;
    }
    this.#followed.delete(job);
    followed.progress.end();
    followed.result.resolve(result);
  }
}

function fail({ progress, result }: Followed, error: unknown): void {
  progress.end();
  result.reject(error);
}
