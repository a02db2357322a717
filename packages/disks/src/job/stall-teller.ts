/** Tells when a job's disk hangs, and when it answers again; each once. */
import type { WatchedDisk } from "../disk/watched-disk.ts";
import type { WorkKind } from "@trofie/contract";
import type { JobContext } from "./job-context.ts";

type Watched = Pick<WatchedDisk, "waitingMs">;

export class StallTeller {
  readonly #tell: JobContext<WorkKind>["tell"];
  readonly #stallMs: number;
  #watched: Watched;
  #isStalled = false;

  /** An operation that takes longer than `stallMs` is a stall. */
  constructor(tell: JobContext<WorkKind>["tell"], stallMs: number, watched: Watched) {
    this.#tell = tell;
    this.#stallMs = stallMs;
    this.#watched = watched;
  }

  /** From now on the operations of that disk are watched. */
  watch(disk: Watched): void {
    this.#watched = disk;
  }

  /** To be called a few times a second. */
  look(): void {
    const isStalled = this.#watched.waitingMs() >= this.#stallMs;
    if (isStalled === this.#isStalled) return;
    this.#isStalled = isStalled;
    const seconds = Math.round(this.#stallMs / 1000);
    this.#tell(
      isStalled
        ? { type: "stalled", message: `The disk has not answered for ${seconds} s` }
        : { type: "answering" },
    );
  }
}
