/**
 * How a station sees disks. It never opens one itself: a disk that hangs makes the process that has it open unkillable.
 * Each job is a process of its own, and this interface is all that a station has of it.
 */
import type { Device, ErasePlan, JobReport, Progress } from "@trofie/contract";

/** The one interface through which a station sees disks; it will later move, unchanged, behind a privilege split. */
export interface DiskHost {
  /** Every device, the ones that would be refused included. */
  list(): Promise<Device[]>;

  /**
   * What an erase would do. `path` may also be a link or a bare name; the plan names the real device. Throws a
   * `Refusal`: DEVICE_NOT_FOUND, DEVICE_IN_USE, DEVICE_IS_SYSTEM, DEVICE_READ_ONLY or ERASE_METHOD_NOT_FOUND.
   */
  plan(path: string, method: string): Promise<ErasePlan>;

  /**
   * Starts the job's process and returns when it is ready; it opens nothing before `go`. `onEvent` is called from then
   * on until the job has ended, never after.
   */
  start(order: JobOrder, onEvent: (event: JobEvent) => void): Promise<JobProcess>;

  /** Whether a job's process of an earlier station may still be there, and so may still hold its device. */
  isAlive(process: ProcessId): Promise<boolean>;
}

export interface JobOrder {
  readonly job: string;
  readonly plan: ErasePlan;
}

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
  /** Lets it check the device, open it and erase. */
  go(): void;
  /** Asks it to end, and returns at once. The writes in flight still finish, which on a bad disk can take minutes. */
  stop(): void;
  /** How it ended. Pending as long as the process is there: a process stuck in a hung disk keeps it pending. Never rejects. */
  readonly ended: Promise<JobEnd>;
}

export type JobEvent =
  /** Five times a second from `go` on, also when nothing moves. */
  | ({ readonly type: "progress" } & Omit<Progress, "job">)
  /** Everything is written and a verification begins. */
  | { readonly type: "verifying" };

export type JobEnd =
  /** It ended by itself and said how. */
  | { readonly how: "reported"; readonly report: JobReport }
  /** It checked the device after `go` and refused: nothing was written. Codes as of `plan`, and IDENTITY_CHANGED. */
  | { readonly how: "refused"; readonly code: string; readonly message: string }
  /** It is gone without a word. The device is neither erased nor untouched. */
  | {
      readonly how: "crashed";
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly message: string;
    };
