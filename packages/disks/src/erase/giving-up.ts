/**
 * When somebody has asked that a dying disk be given up: a disk that has become too slow, or too hot, is not worked to
 * death, and its bay is free for the next one. Without having been asked nothing here ends a job.
 */
import type { GiveUp } from "@trofie/contract";
import { durationText, rateText } from "@trofie/contract/quantities";
import { temperatureNow } from "../discovery/temperatures.ts";
import type { Disk } from "../disk/disk.ts";
import type { JobClock, JobContext } from "../job/job-context.ts";
import type { FileStat } from "../machine/machine.ts";
import { Hopeless } from "./ground.ts";
import type { HowFar } from "./how-far.ts";
import type { Meter } from "./meter.ts";

const askEveryMs = 10_000;
/** So far apart are the moments that the rate is measured between. */
const markEveryMs = 1_000;

export interface GivingUpOptions {
  readonly giveUp: GiveUp | undefined;
  readonly clock: Pick<JobClock, "nowMs">;
  readonly meter: Pick<Meter, "bytesMoved">;
  /** What is being done to the disk: "written" or "read back". Null: something whose rate says nothing of the disk. */
  readonly doing: () => string | null;
  /** Degrees Celsius; null when its sensor does not answer, by which nothing is given up. */
  readonly temperatureC: () => Promise<number | null>;
}

interface Mark {
  readonly atMs: number;
  readonly bytesMoved: number;
}

export class GivingUp {
  readonly #options: GivingUpOptions;
  #marks: Mark[] = [];
  #askedMs = -Infinity;
  #isAsking = false;

  constructor(options: GivingUpOptions) {
    this.#options = options;
  }

  /** Another step begins, or a pause has ended: what was measured before says nothing of it. */
  restart(): void {
    this.#marks = [];
  }

  /** Passed before each block. Throws a `Hopeless`, at once or by the promise; null when there is nothing to wait for. */
  passBy(): Promise<void> | null {
    const { giveUp, clock } = this.#options;
    if (giveUp === undefined) return null;
    if (giveUp.minBytesPerSecond !== null) this.#checkRate(giveUp.minBytesPerSecond, giveUp.averagedMs);
    const isDue = giveUp.maxTemperatureC !== null && clock.nowMs() - this.#askedMs >= askEveryMs;
    return isDue && !this.#isAsking ? this.#checkTemperature(giveUp.maxTemperatureC!) : null;
  }

  #checkRate(least: number, averagedMs: number): void {
    const { clock, meter, doing } = this.#options;
    const what = doing();
    if (what === null) return;
    const now = { atMs: clock.nowMs(), bytesMoved: meter.bytesMoved };
    const lastMs = this.#marks.at(-1)?.atMs ?? -Infinity;
    if (now.atMs - lastMs < markEveryMs) return;
    this.#marks.push(now);
    while (this.#marks[1] !== undefined && now.atMs - this.#marks[1].atMs >= averagedMs) this.#marks.shift();
    const first = this.#marks[0]!;
    const passedMs = now.atMs - first.atMs;
    if (passedMs < averagedMs) return;
    const rate = ((now.bytesMoved - first.bytesMoved) / passedMs) * 1000;
    if (rate >= least) return;
    throw new Hopeless(
      `Gave up: over ${durationText(passedMs)} it was ${what} at ${rateText(rate)}, and ${rateText(least)} is the least that was asked for`,
    );
  }

  async #checkTemperature(most: number): Promise<void> {
    const { clock, temperatureC } = this.#options;
    this.#isAsking = true;
    this.#askedMs = clock.nowMs();
    const now = await temperatureC().finally(() => (this.#isAsking = false));
    if (now === null || now <= most) return;
    throw new Hopeless(`Gave up: it is ${now} °C warm, and ${most} °C is the most that was asked for`);
  }
}

/** Of one erase. Samples lie all over the disk: how fast they are read says nothing of it. */
export function givingUpOf(
  { machine, plan, clock }: JobContext<"erase">,
  of: { readonly disk: Disk & { readonly file: FileStat }; readonly far: HowFar; readonly meter: Meter },
): GivingUp {
  const { disk, far, meter } = of;
  const readWord = plan.reading === "full" ? "read back" : null;
  return new GivingUp({
    giveUp: plan.giveUp,
    clock,
    meter,
    doing: () => (far.phase === "write" ? "written" : readWord),
    async temperatureC() {
      const folder = await machine.resolve(`/sys/dev/block/${disk.file.number}`);
      return folder === null ? null : temperatureNow(machine, folder);
    },
  });
}
