/** Keeps how far an erase is: flushes the disk, tells checkpoints, and lets the job rest. */
import type { OpenedDisk } from "../disk/disk.ts";
import type { Checkpoint } from "../disk-host.ts";
import { flushDisk, meaningOf } from "../disk/io-errors.ts";
import type { Presence } from "../disk/presence.ts";
import type { JobContext } from "../job/job-context.ts";
import { goneAt } from "./ground.ts";
import type { HowFar } from "./how-far.ts";
import type { Limits } from "./limits.ts";
import type { Meter } from "./meter.ts";

/** Buffered writes are brought to the medium this often, so that an error is not far from its cause. */
const bytesBetweenFlushes = 128 * 1024 * 1024;

export interface Keeping {
  readonly context: JobContext<"erase">;
  readonly disk: OpenedDisk;
  readonly presence: Presence;
  readonly far: HowFar;
  readonly meter: Meter;
  readonly limits: Limits;
}

export class Keeper {
  readonly #kept: Keeping;
  readonly #startedMs: number;
  #keptMs: number;
  #unflushedBytes = 0;
  #isKeeping = false;
  #lap: { readonly atMs: number; readonly generatedMs: number };

  constructor(kept: Keeping) {
    this.#kept = kept;
    this.#startedMs = this.#keptMs = kept.context.clock.nowMs();
    this.#lap = { atMs: this.#startedMs, generatedMs: 0 };
  }

  /** Of the whole job, the processes before this one included. */
  get durationMs(): number {
    return this.#kept.far.durationBeforeMs + this.#kept.context.clock.nowMs() - this.#startedMs;
  }

  /** Bytes have gone to the disk that are not flushed yet. */
  wrote(bytes: number): void {
    this.#unflushedBytes += bytes;
  }

  /** Keeps a checkpoint when one is due; null when there is nothing to wait for. */
  keepIfDue(): Promise<void> | null {
    return this.#isDue() && !this.#isKeeping ? this.keep() : null;
  }

  #isDue(): boolean {
    const { context, disk, limits } = this.#kept;
    if (context.clock.nowMs() - this.#keptMs >= limits.checkpointEveryMs) return true;
    return !disk.direct && this.#unflushedBytes >= bytesBetweenFlushes;
  }

  /** Tells a checkpoint and goes on. */
  async keep(): Promise<void> {
    const { context } = this.#kept;
    await this.#keepBy((checkpoint) => context.tell({ type: "checkpoint", checkpoint }));
  }

  /**
   * Tells a checkpoint and waits until the station has it, or the job is to stop. Before what a verified pass has left is
   * overwritten: a job that went on from an older checkpoint would read back that pass, and find another.
   */
  async keepForCertain(): Promise<void> {
    const { keep, signal } = this.#kept.context;
    await this.#keepBy((checkpoint) => Promise.race([keep(checkpoint), aborted(signal)]));
  }

  /** What is told was true of the disk before the flush began, so after it it is durable. */
  async #keepBy(tell: (checkpoint: Checkpoint) => void | Promise<void>): Promise<void> {
    const { context, far } = this.#kept;
    this.#isKeeping = true;
    try {
      this.lap();
      const checkpoint = far.checkpoint(this.durationMs);
      if (this.#unflushedBytes > 0) await this.flush();
      this.#keptMs = context.clock.nowMs();
      await tell(checkpoint);
    } finally {
      this.#isKeeping = false;
    }
  }

  /**
   * The first failure is final, unless the disk is gone, which the kernel may take a while to see: then all since the
   * last checkpoint is written again.
   */
  async flush(): Promise<void> {
    const { context, disk, presence, limits } = this.#kept;
    this.#unflushedBytes = 0;
    try {
      await flushDisk(disk);
    } catch (error) {
      if (meaningOf(error) === "gone") throw goneAt(error);
      await context.clock.wait(limits.goneGraceMs, context.signal);
      await presence.check();
      throw error;
    }
  }

  /** The job's pause: nothing is in flight, and what was written is made durable before it is said to rest. */
  async rest(): Promise<void> {
    const { context, meter } = this.#kept;
    await this.keep();
    context.tell({ type: "paused" });
    await context.gate.passed();
    meter.restart();
    this.startLap();
    if (!context.signal.aborted) context.tell({ type: "resumed" });
  }

  startLap(): void {
    const { context, meter } = this.#kept;
    this.#lap = { atMs: context.clock.nowMs(), generatedMs: meter.busyMs("generator") };
  }

  /** Puts the time since the last lap to the phase that goes on. */
  lap(): void {
    const { context, far, meter } = this.#kept;
    const durationMs = context.clock.nowMs() - this.#lap.atMs;
    far.addTime({ durationMs, generatingMs: meter.busyMs("generator") - this.#lap.generatedMs });
    this.startLap();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
