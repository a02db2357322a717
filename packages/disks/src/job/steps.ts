/** How far a job is that goes in steps, told five times a second; and that its disk hangs, when it does. */
import type { WatchedDisk } from "../disk/watched-disk.ts";
import type { JobContext } from "./job-context.ts";
import type { WorkKind } from "@trofie/contract";

const tellEveryMs = 200;
/** The rate follows a change within about this time. */
const smoothingMs = 3000;
/** An operation that takes longer than this is told as a stall. */
const stallMs = 20_000;

/** The job was told to stop, and has nothing in flight. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

export class Steps {
  readonly #context: Pick<JobContext<WorkKind>, "clock" | "tell" | "gate" | "signal">;
  readonly #count: number;
  readonly #stopTicking: () => void;
  #disk: Pick<WatchedDisk, "waitingMs"> | null = null;
  #step = "Starting";
  #number = 1;
  #bytesDone = 0;
  #bytesTotal: number;
  #last: { atMs: number; bytesDone: number };
  #bytesPerSecond: number | null = null;
  #isStalled = false;

  constructor(
    context: Pick<JobContext<WorkKind>, "clock" | "tell" | "gate" | "signal">,
    { count, bytesTotal = 0 }: { readonly count: number; readonly bytesTotal?: number },
  ) {
    this.#context = context;
    this.#count = Math.max(1, count);
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
    this.#disk = disk;
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
    this.#tellStall();
  }

  #tellProgress(): void {
    const rate = this.#bytesPerSecond ?? 0;
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
    this.#bytesPerSecond = null;
    this.#last = { atMs: this.#context.clock.nowMs(), bytesDone: this.#bytesDone };
  }

  #sampleRate(): void {
    const atMs = this.#context.clock.nowMs();
    const passedMs = atMs - this.#last.atMs;
    if (passedMs <= 0) return;
    const rate = ((this.#bytesDone - this.#last.bytesDone) / passedMs) * 1000;
    const before = this.#bytesPerSecond ?? rate;
    this.#bytesPerSecond = before + (rate - before) * (1 - Math.exp(-passedMs / smoothingMs));
    this.#last = { atMs, bytesDone: this.#bytesDone };
  }

  #tellStall(): void {
    const waitingMs = this.#disk?.waitingMs() ?? 0;
    const isStalled = waitingMs >= stallMs;
    if (isStalled === this.#isStalled) return;
    this.#isStalled = isStalled;
    const seconds = Math.round(waitingMs / 1000);
    this.#context.tell(
      isStalled
        ? { type: "stalled", message: `The disk has not answered for ${seconds} seconds` }
        : { type: "answering" },
    );
  }
}
