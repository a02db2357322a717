/**
 * After a restart: what became of the processes that were at work when the last station ended?
 *
 * A child ends by itself when its station dies, unless its disk hangs. Until one is proved dead its job is `hung`
 * and its device is kept from everybody; then the job is `interrupted`, or `stopped` if that is what it was told.
 */
import { holdsDevice, type Job } from "@trofie/contract";
import type { DiskHost } from "@trofie/disks";
import type { Clock } from "@trofie/reactor";
import type { JobQueue } from "./job-queue.ts";
import type { Jobs } from "./jobs.ts";

const lookAgainMs = 250;

export interface OldProcessesOptions {
  readonly jobs: Jobs;
  readonly host: DiskHost;
  readonly queue: JobQueue;
  readonly clock: Clock;
  /** Ends the waiting, when this station stops too. */
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Has kept the devices when it returns; each job is settled as soon as its process is known to be dead. */
export function settleOldProcesses(options: OldProcessesOptions): void {
  const jobs = options.jobs.open().filter(({ state }) => holdsDevice(state));
  for (const job of jobs) options.queue.keep(job);
  for (const job of jobs) settle(job, options).catch(options.onError);
}

async function settle(job: Job, { jobs, host, queue, clock, signal }: OldProcessesOptions): Promise<void> {
  const process = jobs.process(job.id);
  const isAlive = async (): Promise<boolean> => process !== null && (await host.isAlive(process));
  while (await isAlive()) {
    if (signal.aborted) return;
    queue.oldProcessHangs(job);
    await new Promise<void>((resolve) => clock.callLater(lookAgainMs, resolve));
  }
  if (signal.aborted) return;
  await queue.oldProcessEnded(job);
}
