/** Tells what a job does while it does it: its progress five times a second, and when its disk hangs. */
import type { WatchedDisk } from "../disk/watched-disk.ts";
import type { JobContext } from "../job/job-context.ts";
import { StallTeller } from "../job/stall-teller.ts";
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
  readonly #stalls: StallTeller;
  #step: Step = { step: "Opening the disk", stepNumber: 1 };
  #faultyBytes: () => number = () => 0;

  /** Until a disk is watched it is the opening of one that may hang. */
  constructor(
    context: Told,
    of: { readonly meter: Meter; readonly stepCount: number; readonly stallMs: number },
  ) {
    this.#context = context;
    this.#meter = of.meter;
    this.#stepCount = Math.max(1, of.stepCount);
    const begunMs = context.clock.nowMs();
    const opening = { waitingMs: () => context.clock.nowMs() - begunMs };
    this.#stalls = new StallTeller(context.tell, of.stallMs, opening);
  }

  watch(disk: Pick<WatchedDisk, "waitingMs">): void {
    this.#stalls.watch(disk);
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
      this.#stalls.look();
      this.#tellProgress();
    }
  }

  #tick(): void {
    this.#stalls.look();
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
}
