/**
 * How many jobs may be at work at once behind one controller or USB hub, where the station's owner has said so (decision
 * 0020). Counted is what moves data for hours: a disk that erases itself takes nothing from the others, and neither does
 * one that hangs.
 */
import {
  controllerText,
  deviceKey,
  isOutcome,
  workKinds,
  type Identity,
  type Job,
  type Plan,
} from "@trofie/contract";
import type { DeviceWatch } from "./device-watch.ts";
import type { Jobs } from "./jobs.ts";

export interface BusLimitOptions {
  readonly jobs: Pick<Jobs, "open" | "plan">;
  readonly devices: Pick<DeviceWatch, "devices">;
  /** Null: as many as there are. */
  readonly atOncePerBus: number | null;
}

export class BusLimit {
  readonly #options: BusLimitOptions;

  constructor(options: BusLimitOptions) {
    this.#options = options;
  }

  get isSet(): boolean {
    return this.#options.atOncePerBus !== null;
  }

  /** Whether the job must wait for others; `started` are the ids of all that have their device. */
  isFull(job: Job, started: ReadonlySet<string>): boolean {
    const { atOncePerBus, jobs } = this.#options;
    if (atOncePerBus === null) return false;
    const beside = this.#beside(jobs.plan(job.id), job);
    return beside.filter(({ id, state }) => started.has(id) && state !== "hung").length >= atOncePerBus;
  }

  /** Why a job with that plan may have to wait, in a sentence; null when it need not, but perhaps for its own device. */
  whyWait(plan: Plan, own: Job | null = null): string | null {
    const { atOncePerBus } = this.#options;
    if (atOncePerBus === null || this.#beside(plan, own).length < atOncePerBus) return null;
    const many = atOncePerBus === 1 ? "Only one job works" : `Only ${atOncePerBus} jobs work`;
    return `${many} at once behind ${controllerText(this.#controllerOf(plan)!)}`;
  }

  /** The other jobs that move data behind the same controller, or will. */
  #beside(plan: Plan, own: Job | null): Job[] {
    const { jobs } = this.#options;
    const controller = this.#controllerOf(plan);
    if (controller === null || !movesData(plan)) return [];
    return jobs
      .open()
      .filter(
        (other) =>
          other.id !== own?.id &&
          !isOutcome(other.state) &&
          other.state !== "interrupted" &&
          this.#controllerOf(other) === controller &&
          movesData(jobs.plan(other.id)),
      );
  }

  #controllerOf({ identity }: { readonly identity: Identity }): string | null {
    const key = deviceKey(identity);
    const device = this.#options.devices.devices.find((each) => deviceKey(each.identity) === key);
    return device?.controller ?? null;
  }
}

function movesData(plan: Plan): boolean {
  if (plan.kind === "erase") return plan.passes.some(({ kind }) => kind === "overwrite");
  return workKinds[plan.kind].pauses;
}
