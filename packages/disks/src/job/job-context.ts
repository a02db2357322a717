/** What a job's process gives to the work that it carries out. Each kind of work is one function of this shape. */
import type { JobReport, PlanOf, WorkKind } from "@trofie/contract";
import type { Checkpoint, JobEvent } from "../disk-host.ts";
import type { Machine } from "../machine/machine.ts";
import type { Places } from "../discovery/surroundings.ts";
import type { PauseGate } from "./pause-gate.ts";

export interface JobContext<K extends WorkKind> {
  readonly machine: Machine;
  readonly places: Places;
  readonly plan: PlanOf<K>;
  readonly seedHex: string;
  readonly checkpoint: Checkpoint | null;
  /** Aborted when the job is to stop: the work ends as soon as it can, and reports `stopped`. */
  readonly signal: AbortSignal;
  readonly gate: PauseGate;
  readonly clock: JobClock;
  readonly tell: (event: JobEvent) => void;
  /** Tells a checkpoint and resolves when the station has kept it. Rejects when there is no station to keep it. */
  readonly keep: (checkpoint: Checkpoint) => Promise<void>;
}

/**
 * Carries out a plan. The world's failures are outcomes in the report. It throws a `Refusal` when the device is not to be
 * touched, and an `Interruption` when the job cannot go on now but may later; anything else is our bug.
 */
export type CarryOut<K extends WorkKind> = (context: JobContext<K>) => Promise<JobReport>;

/** The disk is gone, or will not be ready for now: the job rests at its newest checkpoint. */
export class Interruption extends Error {
  override readonly name = "Interruption";
}

export interface JobClock {
  /** Monotonic; never goes back. */
  nowMs(): number;
  /** Calls `tick` again and again, until the function that is returned is called. */
  every(periodMs: number, tick: () => void): () => void;
  /** Resolves after that time, or at once when `signal` aborts. */
  wait(delayMs: number, signal?: AbortSignal): Promise<void>;
}
