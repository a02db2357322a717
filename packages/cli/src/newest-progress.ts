import type { ClientListener } from "@trofie/commands";
import { isMoving, type Job, type Progress } from "@trofie/contract";
import { soon } from "./soon.ts";

/** A station tells how far its jobs are five times a second, and of one that hangs or has just ended nothing. */
const soonMs = 2_000;

/** How far jobs are, as it is told from the moment that somebody listens. */
export class NewestProgress {
  readonly listener: ClientListener;
  readonly #heard = new Map<string, Progress>();
  #hears: () => void = () => {};

  constructor() {
    this.listener = {
      progressReceived: (progress) => {
        this.#heard.set(String(progress["job"]), progress as unknown as Progress);
        this.#hears();
      },
    };
  }

  /** By the job's id; without those of which nothing came. */
  async of(jobs: readonly Job[]): Promise<ReadonlyMap<string, Progress>> {
    const moving = jobs.filter(({ state }) => isMoving(state));
    const all = Promise.withResolvers<void>();
    this.#hears = () => {
      if (moving.every(({ id }) => this.#heard.has(id))) all.resolve();
    };
    this.#hears();
    await soon(all.promise, soonMs);
    return this.#heard;
  }
}
