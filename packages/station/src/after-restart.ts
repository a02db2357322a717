/**
 * After a restart: what becomes of the jobs that the last station could not end?
 *
 * A process ends by itself when its station dies, unless its disk hangs. Until it is proved dead its job is `hung` and
 * its device is kept from everybody. Then the job is stopped if that is what it was told; else it goes on by itself
 * where it can, and is interrupted where it cannot, or was told to pause.
 */
import { holdsDevice, isOutcome, type Job } from "@trofie/contract";
import type { DiskHost } from "@trofie/disks";
import type { Clock } from "@trofie/reactor";
import type { DeviceWatch } from "./device-watch.ts";
import { goOn, prospectOf } from "./going-on.ts";
import { unseenEnding, withEnding } from "./job-ending.ts";
import type { JobQueue } from "./job-queue.ts";
import type { Jobs } from "./jobs.ts";
import type { Journal } from "./journal.ts";
import type { Recorder } from "./recorder.ts";

const lookAgainMs = 250;

/** A disk that is slow to be found after a start, on USB or still spinning up, is waited for this long. */
const disksComeWithinMs = 5 * 60_000;

export interface AfterRestartOptions {
  readonly journal: Journal;
  readonly jobs: Jobs;
  readonly host: DiskHost;
  readonly devices: DeviceWatch;
  readonly queue: JobQueue;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** As of the queue. */
  readonly ended: (job: Job) => void;
  /** Ends the waiting, when this station stops too. */
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Also one whose turn had not come: its disk may have another name by now, and its name be another disk's. */
function isToBeFoundAgain({ state }: Job): boolean {
  return state === "interrupted" || state === "queued";
}

export class AfterRestart {
  readonly #options: AfterRestartOptions;
  /** The jobs that could not go on. */
  readonly #waiting = new Set<string>();

  constructor(options: AfterRestartOptions) {
    this.#options = options;
  }

  /**
   * Has kept the device of every old process, and found the disk of every job that rests or waits, when it returns;
   * the devices must have been looked for. Each other job is settled as soon as its process is known to be dead. Throws
   * as the journal's `commit`.
   */
  takeUpJobs(): void {
    const { jobs, journal, queue, onError } = this.#options;
    const open = jobs.open();
    const working = open.filter(({ state }) => holdsDevice(state));
    const resting = open.filter(isToBeFoundAgain);
    for (const job of working) queue.keep(job);
    journal.commitAtAnyCost(() => resting.forEach(({ id }) => this.#goOnOrRest(id)));
    for (const { id } of working) this.#settle(id).catch(onError);
    this.#waitForDisks();
  }

  async #settle(id: string): Promise<void> {
    const { jobs, devices, queue, recorder, clock, ended, signal, onError } = this.#options;
    await this.#oldProcessEnded(id);
    await devices.look().catch(onError); // then the devices are those that were seen last
    if (signal.aborted) return;
    await recorder.record(() => {
      const ending = unseenEnding(jobs.get(id)!, jobs.rests(id));
      if ("why" in ending) this.#goOnOrRest(id, ending.why);
      else jobs.change(id, withEnding(ending, clock));
    });
    const job = jobs.get(id)!;
    if (isOutcome(job.state)) ended(job);
    queue.release(job);
  }

  /** Returns when the process is proved dead, or this station stops. */
  async #oldProcessEnded(id: string): Promise<void> {
    const { jobs, host, recorder, clock, signal } = this.#options;
    const process = jobs.process(id);
    const isAlive = async (): Promise<boolean> => process !== null && (await host.isAlive(process));
    while ((await isAlive()) && !signal.aborted) {
      await recorder.record(() => {
        if (jobs.get(id)!.state !== "hung") jobs.change(id, { state: "hung", why: stillThere });
      });
      await new Promise<void>((resolve) => clock.callLater(lookAgainMs, resolve));
    }
  }

  /** Only inside the journal's `commit`. Without `whyCutOff` the job rests already, and says why. */
  #goOnOrRest(id: string, whyCutOff?: string): void {
    const { jobs, devices, queue } = this.#options;
    const job = jobs.get(id)!;
    this.#waiting.delete(id);
    if (jobs.rests(id)) return this.#rest(job, whyCutOff ?? job.why);
    const prospect = prospectOf(job, jobs, devices.devices);
    if ("device" in prospect)
      return goOn(job, jobs, prospect.device, queue.limit.whyWait(jobs.plan(id), job));
    this.#waiting.add(id);
    this.#rest(job, `Cannot go on: ${prospect.whyNot}`);
  }

  #rest({ id, state, why: before }: Job, why: string | null): void {
    if (state === "interrupted" && before === why) return;
    this.#options.jobs.change(id, { state: "interrupted", why });
  }

  /** A disk that comes much later was brought by somebody, who may not have this in mind. */
  #waitForDisks(): void {
    const { devices, queue, recorder, clock, signal, onError } = this.#options;
    const untilMs = clock.nowMs() + disksComeWithinMs;
    const devicesChanged = (): void => {
      if (clock.nowMs() > untilMs || signal.aborted || this.#waitingNow().length === 0) return;
      recorder
        .record(() => this.#waitingNow().forEach((id) => this.#goOnOrRest(id)))
        .then(() => queue.startAll())
        .catch(onError);
    };
    devices.onChange = devicesChanged;
  }

  /** Not those that somebody has stopped meanwhile. */
  #waitingNow(): string[] {
    return [...this.#waiting].filter((id) => this.#options.jobs.get(id)!.state === "interrupted");
  }
}

const stillThere = "Its process of before the station's restart is still there";
