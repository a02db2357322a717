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
  readonly #disk: WatchedDisk;
  readonly #meter: Meter;
  readonly #stepCount: number;
  readonly #stallMs: number;
  readonly #faultyBytes: () => number;
  #step: Step = { step: "Beginning", stepNumber: 1 };
  #isStalled = false;

  constructor(
    context: Told,
    of: {
      readonly disk: WatchedDisk;
      readonly meter: Meter;
      readonly stepCount: number;
      readonly stallMs: number;
      readonly faultyBytes: () => number;
    },
  ) {
    this.#context = context;
    this.#disk = of.disk;
    this.#meter = of.meter;
    this.#stepCount = Math.max(1, of.stepCount);
    this.#stallMs = of.stallMs;
    this.#faultyBytes = of.faultyBytes;
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
    const isStalled = this.#disk.waitingMs() >= this.#stallMs;
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
