/**
 * How a station sees disks. It never opens one itself: a disk that hangs makes the process that has it open unkillable.
 * Each job is a process of its own, and this interface is all that a station has of it.
 */
import type { Device, Image, JobReport, Plan, PlanOf, Progress, Work, WorkKind } from "@trofie/contract";

/** The one interface through which a station sees disks; it will later move, unchanged, behind a privilege split. */
export interface DiskHost {
  /** Every device, the ones that would be refused included. */
  list(): Promise<Device[]>;

  /** The files that can be written to a device. Throws a `Refusal` NO_IMAGES where there is no folder of images. */
  images(): Promise<Image[]>;

  /**
   * What the work would do. Its `path` may also be a link or a bare name; the plan names the real device. Throws a
   * `Refusal` with one of the codes of the work's call. `left` is what an earlier job has left on its device, for work
   * that is about that.
   */
  plan<K extends WorkKind>(work: WorkOf<K>, left?: JobOrder): Promise<PlanOf<K>>;

  /**
   * Starts the job's process and returns when it is ready; it opens nothing before `go`. `onEvent` is called from then
   * on until the job has ended, never after.
   */
  start(order: JobOrder, onEvent: OnJobEvent): Promise<JobProcess>;

  /**
   * Whether a job's process of an earlier station may still be there, and so may still hold its device. As long as it is,
   * it is no stranger: it keeps no device from being planned for, and the next job waits for it.
   */
  isAlive(process: ProcessId): Promise<boolean>;

  /** Calls `onChange` soon after a device has come or gone, until `signal` ends it. It may also call for nothing. */
  watch(onChange: () => void, signal: AbortSignal): void;
}

export type WorkOf<K extends WorkKind> = Extract<Work, { kind: K }>;

export interface JobOrder {
  readonly job: string;
  readonly plan: Plan;
  /** 32 bytes in hex, drawn once for the job: every random byte, key and order of an erase follows from it. */
  readonly seedHex: string;
  /** Where an interrupted job goes on: its newest checkpoint. Null: from the beginning. */
  readonly checkpoint: Checkpoint | null;
}

/**
 * How far a job is for certain, as plain JSON: all that its process needs to go on after a crash. Only the work itself
 * looks into it; whoever keeps it keeps it whole.
 */
export type Checkpoint = Readonly<Record<string, unknown>>;

/** A process for good: pids come again, but not with the same start time in the same boot. */
export interface ProcessId {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat (proc_pid_stat(5)): clock ticks since boot. */
  readonly startTicks: string;
  /** /proc/sys/kernel/random/boot_id */
  readonly bootId: string;
}

export interface JobProcess {
  /** To be written down before `go`: a station that restarts must know whom to look for. */
  readonly process: ProcessId;
  /** Lets it check the device, open it and work. */
  go(): void;
  /** Asks it to end, and returns at once. The writes in flight still finish, which on a bad disk can take minutes. */
  stop(): void;
  /** Asks it to begin no more blocks, keeping the device. It tells `paused` when that is so. */
  pause(): void;
  resume(): void;
  /** How it ended. Pending as long as the process is there: a process stuck in a hung disk keeps it pending. Never rejects. */
  readonly ended: Promise<JobEnd>;
}

export type JobEvent =
  /** Five times a second from `go` on, also when nothing moves. */
  | ({ readonly type: "progress" } & Omit<Progress, "job">)
  /** Everything is written and a verification begins; `writing` when more is written after it. */
  | { readonly type: "verifying" }
  | { readonly type: "writing" }
  /** All before it is durable on the device. To be kept, durably; only the newest counts. */
  | { readonly type: "checkpoint"; readonly checkpoint: Checkpoint }
  | { readonly type: "paused" }
  | { readonly type: "resumed" }
  /** An operation on the disk has not come back for so long that the disk seems to hang; `answering`: it has now. */
  | { readonly type: "stalled"; readonly message: string }
  | { readonly type: "answering" };

/**
 * What is returned resolves when what the event tells is durable, and rejects when that will not be: a job that waits for
 * its checkpoint to be kept is told only then.
 */
export type OnJobEvent = (event: JobEvent) => void | Promise<void>;

export type JobEnd =
  /** It ended by itself and said how. */
  | { readonly how: "reported"; readonly report: JobReport }
  /** It checked the device after `go` and refused: nothing was written. Codes as of `plan`, and IDENTITY_CHANGED. */
  | { readonly how: "refused"; readonly code: string; readonly message: string }
  /** It cannot go on now (its disk is gone, its time is up) but may later, from its newest checkpoint. */
  | { readonly how: "interrupted"; readonly message: string }
  /** It is gone without a word. The device is neither erased nor untouched. */
  | {
      readonly how: "crashed";
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly message: string;
    };
