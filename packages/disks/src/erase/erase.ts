/** Carries out a plan on an open disk: its passes, their verification, and the report of both. */
import type { ErasePlan, JobReport, PassReport, PlannedPass, VerificationReport } from "@trofie/contract";
import { bytesText } from "@trofie/contract/quantities";
import { reasonOf, type Disk } from "../disk/disk.ts";
import type { JobEvent } from "../disk-host.ts";
import { Meter } from "./meter.ts";
import { verifyPattern } from "./verify-pass.ts";
import { writePattern } from "./write-pass.ts";

export interface Erase {
  readonly disk: Disk;
  readonly plan: Pick<ErasePlan, "passes" | "bytesTotal">;
  /** Ends the job `stopped` when the blocks in flight have come back. */
  readonly signal: AbortSignal;
  /** Throws when the open disk is no longer the planned device; asked before and after each verification. */
  readonly checkIdentity: () => Promise<void>;
  readonly clock: JobClock;
  readonly onEvent: (event: JobEvent) => void;
}

export interface JobClock {
  /** Never goes back. */
  nowMs(): number;
  /** Calls `tick` again and again, until the function that is returned is called. */
  every(periodMs: number, tick: () => void): () => void;
}

const reportEveryMs = 200;

/** Always gives a report: the world's failures are outcomes. The disk stays open. */
export async function erase(order: Erase): Promise<JobReport> {
  const run = new EraseRun(order);
  const stopTicking = order.clock.every(reportEveryMs, () => run.reportProgress());
  try {
    return await run.toEnd();
  } finally {
    stopTicking();
    run.reportProgress();
  }
}

type CurrentSweep = Pick<PassReport, "sweep" | "patternHex">;

class EraseRun {
  readonly #order: Erase;
  readonly #meter: Meter;
  readonly #startedMs: number;
  readonly #passes: PassReport[] = [];
  #current: CurrentSweep;
  #verification: VerificationReport | null = null;

  constructor(order: Erase) {
    this.#order = order;
    this.#meter = new Meter(order.plan.bytesTotal, () => order.clock.nowMs());
    this.#startedMs = order.clock.nowMs();
    this.#current = { sweep: "write", patternHex: order.plan.passes[0]?.patternHex ?? "" };
  }

  reportProgress(): void {
    this.#order.onEvent({ type: "progress", ...this.#current, ...this.#meter.read() });
  }

  async toEnd(): Promise<JobReport> {
    try {
      for (const pass of this.#order.plan.passes) await this.#runPass(pass);
    } catch (error) {
      return this.#report("failed", error instanceof Error ? error.message : reasonOf(error));
    }
    return this.#conclude();
  }

  async #runPass(pass: PlannedPass): Promise<void> {
    const { disk, signal } = this.#order;
    const { patternHex } = pass;
    await this.#timed({ sweep: "write", patternHex }, (onBytes) =>
      writePattern(disk, patternHex, signal, onBytes),
    );
    if (!pass.verified || signal.aborted) return;
    await this.#order.checkIdentity();
    this.#order.onEvent({ type: "verifying" });
    await this.#timed({ sweep: "verify", patternHex }, async (onBytes) => {
      this.#verification = await verifyPattern(disk, patternHex, signal, onBytes);
    });
    await this.#order.checkIdentity();
  }

  /** Runs one sweep and keeps a record of it, however it ends. */
  async #timed(
    current: CurrentSweep,
    run: (onBytes: (count: number) => void) => Promise<void>,
  ): Promise<void> {
    if (this.#order.signal.aborted) return;
    const startedMs = this.#order.clock.nowMs();
    let bytesDone = 0;
    this.#current = current;
    try {
      await run((count) => {
        bytesDone += count;
        this.#meter.add(count);
      });
    } finally {
      this.#passes.push({ ...current, bytesDone, durationMs: this.#order.clock.nowMs() - startedMs });
    }
  }

  #conclude(): JobReport {
    const { plan, signal } = this.#order;
    const doneBytes = this.#passes.reduce((sum, pass) => sum + pass.bytesDone, 0);
    if (signal.aborted && doneBytes < plan.bytesTotal) {
      return this.#report(
        "stopped",
        `Stopped after ${bytesText(doneBytes)} of ${bytesText(plan.bytesTotal)}`,
      );
    }
    const doubt = this.#doubt();
    return doubt === null ? this.#report("erased", this.#success()) : this.#report("failed", doubt);
  }

  /** Why the disk cannot be called erased; null when every byte of it was read back as written. */
  #doubt(): string | null {
    if (this.#verification === null) return "Cannot confirm the erase: nothing was verified";
    const { bytesRead, mismatchedBytes, unreadableBytes } = this.#verification;
    const { sizeBytes } = this.#order.disk;
    if (mismatchedBytes === 0 && bytesRead === sizeBytes) return null;
    const found = `of ${sizeBytes} bytes ${mismatchedBytes} differ and ${unreadableBytes} cannot be read`;
    return `Cannot confirm the erase: ${found}`;
  }

  #success(): string {
    if (this.#order.disk.direct) return "Every byte was written, and read back as written";
    return "Erased; the verification is no evidence, for the disk was read through memory, not past it";
  }

  #report(outcome: JobReport["outcome"], message: string): JobReport {
    return {
      outcome,
      message,
      directIo: this.#order.disk.direct,
      passes: this.#passes,
      verification: this.#verification,
      durationMs: this.#order.clock.nowMs() - this.#startedMs,
    };
  }
}
