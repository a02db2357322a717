/** Tells what a job does while it does it: its progress five times a second, and when its disk hangs. */
import type { WatchedDisk } from "../disk/watched-disk.ts";
import type { JobContext } from "../job/job-context.ts";
import type { Meter } from "./meter.ts";

const everyMs = 200;

export interface Step {
  /** In words: "Writing 00". */
  readonly step: string;
  /** Counted from 1. */
  readonly stepNumber: number;
}

type Told = Pick<JobContext<"erase">, "tell" | "clock">;

export class Teller {
  readonly #context: Told;
  readonly #meter: Meter;
  readonly #stepCount: number;
  readonly #stallMs: number;
  #step: Step = { step: "Opening the disk", stepNumber: 1 };
  #watched: Pick<WatchedDisk, "waitingMs">;
  #faultyBytes: () => number = () => 0;
  #isStalled = false;

  /** Until a disk is watched it is the opening of one that may hang. */
  constructor(
    context: Told,
    of: { readonly meter: Meter; readonly stepCount: number; readonly stallMs: number },
  ) {
    this.#context = context;
    this.#meter = of.meter;
    this.#stepCount = Math.max(1, of.stepCount);
    this.#stallMs = of.stallMs;
    const begunMs = context.clock.nowMs();
    this.#watched = { waitingMs: () => context.clock.nowMs() - begunMs };
  }

  watch(disk: Pick<WatchedDisk, "waitingMs">): void {
    this.#watched = disk;
  }

  /** Where the faulty bytes so far are counted. */
  count(faultyBytes: () => number): void {
    this.#faultyBytes = faultyBytes;
  }

  begin(step: Step): void {
    this.#step = step;
  }

  /** Tells while `work` goes on, and once more at its end. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const stop = this.#context.clock.every(everyMs, () => this.#tick());
    try {
      return await work();
    } finally {
      stop();
      this.#tellStall();
      this.#tellProgress();
    }
  }

  #tick(): void {
    this.#tellStall();
    this.#tellProgress();
  }

  #tellProgress(): void {
    this.#context.tell({
      type: "progress",
      ...this.#step,
      stepCount: this.#stepCount,
      ...this.#meter.read(),
      faultyBytes: this.#faultyBytes(),
    });
  }

  #tellStall(): void {
    const isStalled = this.#watched.waitingMs() >= this.#stallMs;
    if (isStalled === this.#isStalled) return;
    this.#isStalled = isStalled;
    const seconds = Math.round(this.#stallMs / 1000);
    this.#context.tell(
      isStalled
        ? { type: "stalled", message: `The disk has not answered for ${seconds} s` }
        : { type: "answering" },
    );
  }
}
