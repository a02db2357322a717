/** Where tests plan and carry out work on a disk in memory, in time that passes by itself. */
import type { ErasePlan, EraseWork, JobReport, PlanOf, WorkKind } from "@trofie/contract";
import { discoverWithoutContents } from "../discovery/discover.ts";
import type { Checkpoint, JobEvent, JobOrder } from "../disk-host.ts";
import { erase } from "../erase/erase.ts";
import { usualLimits, type Limits } from "../erase/limits.ts";
import { makeErasePlan } from "../erase/make-plan.ts";
import type { JobContext } from "../job/job-context.ts";
import { PauseGate } from "../job/pause-gate.ts";
import type { PlanContext } from "../job/plan-context.ts";
import type { Machine } from "../machine/machine.ts";
import { nowhere } from "./machines.ts";
import type { MemoryDisk } from "./memory-disk.ts";
import { diskPath, machineWith } from "./one-disk-machine.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const someSeedHex = "5eed".repeat(16);

export interface WorkbenchOptions {
  readonly disk: MemoryDisk;
  readonly clock?: VirtualClock;
  readonly limits?: Partial<Limits>;
  /** What is to be found in its machine besides. */
  readonly more?: (machine: Machine) => Machine;
  readonly seedHex?: string;
  readonly onEvent?: (event: JobEvent) => void;
}

/** One disk, and one job after another on it. */
export class Workbench {
  readonly disk: MemoryDisk;
  readonly clock: VirtualClock;
  readonly machine: Machine;
  readonly seedHex: string;
  /** Of all jobs so far. */
  readonly events: JobEvent[] = [];
  /** The newest checkpoint that was told. */
  checkpoint: Checkpoint | null = null;
  gate = new PauseGate();
  stopping = new AbortController();
  /** What whoever paused the job does then. */
  onPaused: () => void = () => {};
  readonly #limits: Limits;
  readonly #onEvent: (event: JobEvent) => void;

  constructor({
    disk,
    clock = new VirtualClock(),
    limits = {},
    more = (machine) => machine,
    seedHex = someSeedHex,
    onEvent,
  }: WorkbenchOptions) {
    this.disk = disk;
    this.clock = clock;
    this.machine = more(machineWith(disk));
    this.seedHex = seedHex;
    this.#limits = { ...usualLimits, ...limits };
    this.#onEvent = onEvent ?? (() => {});
  }

  async plan(work: Partial<EraseWork> = {}): Promise<ErasePlan> {
    return makeErasePlan(await this.planContext(), { ...zeroWork, ...work });
  }

  async planContext(left: JobOrder | null = null): Promise<PlanContext> {
    const found = (await discoverWithoutContents(this.machine, nowhere)).find(
      ({ device }) => device.path === diskPath,
    );
    if (found === undefined) throw new Error("The disk is not there");
    return { machine: this.machine, places: nowhere, found, bootId: "boot", holds: async () => [], left };
  }

  /** Erases from the beginning, or goes on from a checkpoint. */
  async erase(plan: ErasePlan, checkpoint: Checkpoint | null = null): Promise<JobReport> {
    return this.clock.run(this.begin(plan, checkpoint));
  }

  /** As `erase`, with nobody letting time pass. */
  begin(plan: ErasePlan, checkpoint: Checkpoint | null = null): Promise<JobReport> {
    return erase(this.contextOf<"erase">(plan, checkpoint), this.#limits);
  }

  /** What a job's process would give to the work. */
  contextOf<K extends WorkKind>(plan: PlanOf<K>, checkpoint: Checkpoint | null): JobContext<K> {
    const tell = (event: JobEvent): void => {
      this.events.push(event);
      if (event.type === "checkpoint") this.checkpoint = structuredClone(event.checkpoint);
      if (event.type === "paused") this.onPaused();
      this.#onEvent(event);
    };
    return {
      machine: this.machine,
      places: nowhere,
      plan,
      seedHex: this.seedHex,
      checkpoint,
      signal: this.stopping.signal,
      gate: this.gate,
      clock: this.clock,
      tell,
      keep: async (kept) => tell({ type: "checkpoint", checkpoint: kept }),
    };
  }

  /** What was told, without progress and checkpoints. */
  get words(): string[] {
    return this.events.map(({ type }) => type).filter((type) => type !== "progress" && type !== "checkpoint");
  }
}

export const zeroWork: EraseWork = {
  kind: "erase",
  path: diskPath,
  method: "zero",
  rounds: 1,
  blank: false,
  verify: "last",
  reading: "full",
  stream: "chacha8",
  discard: false,
};
