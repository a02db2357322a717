/** A job that a station has already, heard of like one that was started here. */
import { EventEmitter, on } from "node:events";
import type { ClientListener } from "@trofie/commands";
import { NoAnswerError } from "@trofie/commands";
import { isOutcome, type Job, type Progress } from "@trofie/contract";
import type { StationClient } from "./connection.ts";
import type { Doing } from "./order-work.ts";

export class KnownJob {
  readonly doing: Doing;
  /** To be a client's from its first connection on: what is told only once is heard. */
  readonly listener: ClientListener = {
    snapshotReceived: (items) => {
      const found = items.find(({ kind, id }) => kind === "job" && id === this.#id);
      if (found === undefined) this.#isMissing();
      else this.#stands(found.item as Job);
    },
    eventReceived: ({ job, body }) => {
      if (job === this.#id) this.#stands(body as Job);
    },
    progressReceived: (progress) => {
      if (progress["job"] === this.#id) this.#heard.emit("progress", progress);
    },
  };
  readonly #id: string;
  readonly #heard = new EventEmitter();
  readonly #result = Promise.withResolvers<Job>();
  /** Asks the station for the job itself: none that has ended long ago, or in another journal, is in a snapshot. */
  #isMissing: () => void = () => {};

  constructor(id: string) {
    this.#id = id;
    this.#result.promise.catch(() => {}); // whoever waits for it hears of it
    this.doing = {
      job: Promise.resolve(id),
      progress: valuesOf<Progress>(on(this.#heard, "progress", { close: ["end"] })),
      changes: valuesOf<Job>(on(this.#heard, "stands", { close: ["end"] })),
      result: this.#result.promise,
    };
  }

  /** How it stands now. Throws the station's `Refusal` when it has no such job. From then on it is followed. */
  async askedOf(client: StationClient): Promise<Job> {
    const ask = async (): Promise<Job> => (await client.query("job.get", { job: this.#id })).job;
    const job = await ask();
    if (isOutcome(job.state)) this.#stands(job);
    this.#isMissing = () =>
      void ask().then(
        (found) => this.#stands(found),
        (error: unknown) => this.#fail(error),
      );
    client.listen({
      connectionChanged: (state) => {
        if (state.kind === "stopped") this.#fail(new NoAnswerError(`job ${this.#id}`, state.reason));
      },
    });
    return job;
  }

  #stands(job: Job): void {
    this.#heard.emit("stands", job);
    if (!isOutcome(job.state)) return;
    this.#heard.emit("end");
    this.#result.resolve(job);
  }

  #fail(error: unknown): void {
    this.#heard.emit("end");
    this.#result.reject(error);
  }
}

async function* valuesOf<T>(events: AsyncIterable<unknown[]>): AsyncGenerator<T> {
  for await (const [value] of events) yield value as T;
}
