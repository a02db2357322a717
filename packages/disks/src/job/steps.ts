/** How far a job is that goes in steps, told five times a second; and that its disk hangs, when it does. */
import type { WorkKind } from "@trofie/contract";
import type { WatchedDisk } from "../disk/watched-disk.ts";
import { usualLimits } from "../erase/limits.ts";
import type { JobContext } from "./job-context.ts";
import { Smoothed } from "./smoothed.ts";
import { StallTeller } from "./stall-teller.ts";

const tellEveryMs = 200;

/** The job was told to stop, and has nothing in flight. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

export class Steps {
  readonly #context: Pick<JobContext<WorkKind>, "clock" | "tell" | "gate" | "signal">;
  readonly #count: number;
  readonly #stopTicking: () => void;
  readonly #stalls: StallTeller;
  readonly #rate = new Smoothed();
  #step = "Starting";
  #number = 1;
  #bytesDone = 0;
  #bytesTotal: number;
  #last: { atMs: number; bytesDone: number };

  constructor(
    context: Pick<JobContext<WorkKind>, "clock" | "tell" | "gate" | "signal">,
    { count, bytesTotal = 0 }: { readonly count: number; readonly bytesTotal?: number },
  ) {
    this.#context = context;
    this.#count = Math.max(1, count);
    this.#stalls = new StallTeller(context.tell, usualLimits.stallMs, { waitingMs: () => 0 });
    this.#bytesTotal = bytesTotal;
    this.#last = { atMs: context.clock.nowMs(), bytesDone: 0 };
    this.#stopTicking = context.clock.every(tellEveryMs, () => this.#tick());
  }

  /** `step` is what is done now, in words: "Reading back". */
  begin(number: number, step: string): void {
    this.#number = Math.min(number, this.#count);
    this.#step = step;
    this.#restartRate();
  }

  /** Bytes that the job is further. */
  add(bytes: number): void {
    this.#bytesDone += bytes;
  }

  /** A better guess of all that there is to do. */
  expect(bytesTotal: number): void {
    this.#bytesTotal = bytesTotal;
  }

  /** From now on its operations are watched. */
  watch(disk: Pick<WatchedDisk, "waitingMs">): void {
    this.#stalls.watch(disk);
  }

  /**
   * Passed before each block. Throws `Stopped` when the job is to stop; waits while it is paused. `settled` resolves
   * when nothing is in flight any more.
   */
  async pass(settled: () => Promise<unknown>): Promise<void> {
    const { gate, signal, tell } = this.#context;
    if (gate.isPaused && !signal.aborted) {
      await settled();
      tell({ type: "paused" });
      await gate.passed();
      this.#restartRate();
      if (!signal.aborted) tell({ type: "resumed" });
    }
    if (!signal.aborted) return;
    await settled();
    throw new Stopped();
  }

  /** Tells how far it came, and no more after that. */
  end(): void {
    this.#stopTicking();
    this.#tellProgress();
  }

  #tick(): void {
    this.#sampleRate();
    this.#tellProgress();
    this.#stalls.look();
  }

  #tellProgress(): void {
    const rate = this.#rate.value ?? 0;
    const leftBytes = Math.max(0, this.#bytesTotal - this.#bytesDone);
    this.#context.tell({
      type: "progress",
      step: this.#step,
      stepNumber: this.#number,
      stepCount: this.#count,
      bytesDone: this.#bytesDone,
      bytesTotal: Math.max(this.#bytesTotal, this.#bytesDone),
      bytesPerSecond: Math.round(rate),
      etaMs: rate > 0 && this.#bytesTotal > 0 ? Math.round((leftBytes / rate) * 1000) : null,
      limit: null,
      faultyBytes: 0,
    });
  }

  /** Writing says nothing of how fast reading is, and a pause nothing of either. */
  #restartRate(): void {
    this.#rate.forget();
    this.#last = { atMs: this.#context.clock.nowMs(), bytesDone: this.#bytesDone };
  }

  #sampleRate(): void {
    const atMs = this.#context.clock.nowMs();
    const passedMs = atMs - this.#last.atMs;
    if (passedMs <= 0) return;
    this.#rate.add(((this.#bytesDone - this.#last.bytesDone) / passedMs) * 1000, passedMs);
    this.#last = { atMs, bytesDone: this.#bytesDone };
  }
}
