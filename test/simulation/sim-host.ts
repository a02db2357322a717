/**
 * A station's disks in a simulated world: `DiskHost` over a simulated machine. Plans are made, and jobs carried out, by
 * the real code; a job's process is a life of its own in this process.
 */
import { Refusal } from "@trofie/commands";
import {
  workVerbs,
  type Device,
  type Image,
  type JobReport,
  type PlanOf,
  type WorkKind,
} from "@trofie/contract";
import type {
  DiskHost,
  JobEnd,
  JobEvent,
  JobOrder,
  JobProcess,
  OnJobEvent,
  ProcessId,
  WorkOf,
} from "@trofie/disks";
import { findDevice } from "../../packages/disks/src/discovery/find-device.ts";
import { makeErasePlan } from "../../packages/disks/src/erase/make-plan.ts";
import { erase } from "../../packages/disks/src/erase/erase.ts";
import type { Limits } from "../../packages/disks/src/erase/limits.ts";
import { Interruption, type JobContext } from "../../packages/disks/src/job/job-context.ts";
import type { FromJob } from "../../packages/disks/src/job/job-messages.ts";
import { KeptCheckpoints } from "../../packages/disks/src/job/kept-checkpoints.ts";
import { PauseGate } from "../../packages/disks/src/job/pause-gate.ts";
import type { MakePlan } from "../../packages/disks/src/job/plan-context.ts";
import { makeVerifyPlan } from "../../packages/disks/src/verify/make-plan.ts";
import { verify } from "../../packages/disks/src/verify/verify.ts";
import { Killed, LifeClock, type Life } from "./life.ts";
import type { SimClock } from "./sim-clock.ts";
import type { Chance } from "./chance.ts";
import { blockBytes } from "./sim-disk.ts";
import { nowhere, type SimMachine } from "./sim-machine.ts";

/** As the usual ones, for disks of a few blocks and jobs of a few seconds. */
const limits: Limits = {
  checkpointEveryMs: 150,
  stallMs: 1_500,
  narrowMs: 3_000,
  mostSuspectBlocks: 12,
  mostSuspectsInARow: 6,
  goneGraceMs: 300,
  overlapBytes: blockBytes,
};

/** What god wants to know of jobs. */
export interface JobWitness {
  jobStarted(job: SimJob): void;
  jobTold(job: SimJob, event: JobEvent): void;
  jobReported(job: SimJob, report: JobReport): void;
  jobIsOver(job: SimJob): void;
  /** The job's process is told that the station has kept its checkpoint for certain. */
  saidToBeKept(job: SimJob, event: JobEvent): void;
  /** A process of an earlier station is still there. */
  outlived(): void;
  ourBug(error: unknown, where: string): void;
}

export interface HostWorld {
  readonly clock: SimClock;
  readonly chance: Chance;
  readonly machine: SimMachine;
  readonly witness: JobWitness;
  /** No process can be started now. */
  readonly mayStart: () => boolean;
  readonly newLife: (name: string) => Life;
}

/** The disks, as one station sees them. */
export class SimHost implements DiskHost {
  readonly jobs: SimJob[] = [];
  readonly #world: HostWorld;
  readonly #life: Life;

  constructor(world: HostWorld, life: Life) {
    this.#world = world;
    this.#life = life;
    life.onDeath(() => this.jobs.forEach((job) => job.stationDied()));
  }

  async list(): Promise<Device[]> {
    const { machine } = this.#world;
    await this.#takes(1, 8);
    const found = await machine.found();
    return found.map(({ device }) => Object.assign({}, device, { holds: machine.holdsOf(device.path) }));
  }

  async images(): Promise<Image[]> {
    return [];
  }

  async plan<K extends WorkKind>(work: WorkOf<K>, left?: JobOrder): Promise<PlanOf<K>> {
    await this.#takes(1, 20);
    const { machine } = this.#world;
    const all = await machine.found();
    const found = await findDevice(machine.machine, all, nowhere, work.path, workVerbs[work.kind]);
    const holds = async () => machine.holdsOf(found.device.path);
    const make = planMakers[work.kind as "erase"] as unknown as MakePlan<K> | undefined;
    if (make === undefined) throw new Refusal("TOOL_MISSING", `Cannot ${work.kind}: not in this world`);
    const context = { machine: machine.machine, places: nowhere, found, bootId: machine.bootId, holds };
    const plan = await make({ ...context, left: left ?? null }, work);
    await this.#takes(0, 10);
    return plan;
  }

  async start(order: JobOrder, onEvent: OnJobEvent): Promise<JobProcess> {
    await this.#takes(5, 40);
    if (!this.#world.mayStart()) throw new Error("Cannot start the job's process: no more processes");
    const job = new SimJob(this.#world, this.#life, order, onEvent);
    this.jobs.push(job);
    await this.#takes(0, 10);
    return job;
  }

  async isAlive({ pid, startTicks, bootId }: ProcessId): Promise<boolean> {
    const { machine } = this.#world;
    await this.#takes(0, 2);
    const process = machine.processes.get(pid);
    const isThere = bootId === machine.bootId && process?.startTicks === startTicks && process.isThere();
    if (isThere) this.#world.witness.outlived();
    return isThere;
  }

  watch(onChange: () => void, signal: AbortSignal): void {
    const { clock, chance, machine } = this.#world;
    const hotPlug = (): void => {
      if (!signal.aborted && this.#life.edge("hot plug")) onChange();
    };
    const told = (): void => void clock.callLater(chance.between(0, 50), hotPlug);
    machine.onChange = told;
  }

  /** A question takes its time, and a dead station hears no answer. */
  #takes(least: number, most: number): Promise<void> {
    const { clock, chance } = this.#world;
    return new Promise((resolve) => {
      if (!this.#life.edge("ask")) return;
      clock.callLater(chance.between(least, most), () => {
        if (this.#life.edge("answer")) resolve();
      });
    });
  }
}

const planMakers = { erase: makeErasePlan, verify: makeVerifyPlan };

/** The process of one job: what `job-process.ts` and `spawn-job.ts` are to a real one. */
export class SimJob implements JobProcess {
  readonly process: ProcessId;
  readonly order: JobOrder;
  readonly life: Life;
  readonly ended: Promise<JobEnd>;
  readonly #world: HostWorld;
  readonly #station: Life;
  readonly #onEvent: OnJobEvent;
  readonly #settleEnded: (end: JobEnd) => void;
  readonly #stopping = new AbortController();
  readonly #gate = new PauseGate();
  readonly #checkpoints = new KeptCheckpoints((message) => this.#tell(message));
  #hasBegun = false;
  #said: JobEnd | null = null;
  #toStationMs = 0;
  #toJobMs = 0;
  #isOver = false;

  constructor(world: HostWorld, station: Life, order: JobOrder, onEvent: OnJobEvent) {
    const pid = world.machine.nextPid();
    this.#world = world;
    this.#station = station;
    this.order = order;
    this.#onEvent = onEvent;
    this.life = world.newLife(`process ${pid}`);
    this.process = { pid, startTicks: String(pid), bootId: world.machine.bootId };
    const ended = Promise.withResolvers<JobEnd>();
    this.ended = ended.promise;
    this.#settleEnded = ended.resolve;
    world.machine.processes.set(pid, { startTicks: String(pid), isThere: () => this.isThere });
    this.life.onDeath(() => this.#died());
    world.witness.jobStarted(this);
  }

  /** A dead one is there as long as an operation of it has not come back. */
  get isThere(): boolean {
    if (this.life.isAlive) return true;
    return this.#world.machine.disks.some((disk) =>
      [...disk.handles].some((handle) => handle.life === this.life && handle.isStuck),
    );
  }

  go(): void {
    this.#toJob("go", () => void this.#go());
  }

  stop(): void {
    this.#toJob("stop", () => this.#stop());
  }

  pause(): void {
    this.#toJob("pause", () => this.#gate.pause());
  }

  resume(): void {
    this.#toJob("resume", () => this.#gate.resume());
  }

  /** Its channel closes: nobody is left to watch this job, so it ends. */
  stationDied(): void {
    this.#later("job", () => {
      if (!this.life.edge("disconnected")) return;
      this.#checkpoints.stationIsGone();
      this.#endWork();
      if (!this.#hasBegun) this.#exit();
    });
  }

  #endWork(): void {
    this.#stopping.abort();
    this.#gate.resume();
  }

  #stop(): void {
    this.#endWork();
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const message = "Stopped before it began";
    this.#tell({ type: "report", report: { outcome: "stopped", message, durationMs: 0, findings: null } });
    this.#exit();
  }

  async #go(): Promise<void> {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const last = await this.#lastWord();
    if (last !== null) this.#tell(last);
    this.#exit();
  }

  /** Null after a mistake of ours, and when it is dead. */
  async #lastWord(): Promise<FromJob | null> {
    try {
      const report = await this.#carryOut();
      if (this.life.isAlive) this.#world.witness.jobReported(this, report);
      return { type: "report", report };
    } catch (error) {
      if (error instanceof Interruption) return { type: "interrupted", message: error.message };
      if (error instanceof Refusal) return { type: "refused", code: error.code, message: error.message };
      if (this.life.isAlive && !(error instanceof Killed))
        this.#world.witness.ourBug(error, "a job's process");
      return null;
    }
  }

  #carryOut(): Promise<JobReport> {
    const { plan } = this.order;
    if (plan.kind === "erase") return erase(this.#context(plan), limits);
    if (plan.kind === "verify") return verify(this.#context(plan), limits);
    throw new Error(`Cannot carry out ${plan.kind}: not in this world`);
  }

  #context<K extends WorkKind>(plan: PlanOf<K>): JobContext<K> {
    const { machine } = this.#world;
    const clock = new LifeClock(this.#world.clock, this.life);
    const { seedHex, checkpoint } = this.order;
    return {
      machine: machine.of(this.life),
      places: nowhere,
      plan,
      seedHex,
      checkpoint,
      signal: this.#stopping.signal,
      gate: this.#gate,
      clock: {
        nowMs: () => clock.nowMs(),
        every: (periodMs, tick) => {
          let call = clock.callLater(periodMs, again);
          function again(): void {
            call = clock.callLater(periodMs, again);
            tick();
          }
          return () => call.cancel();
        },
        wait: (delayMs, signal) =>
          new Promise((resolve) => {
            if (signal?.aborted || !this.life.isAlive) return resolve();
            clock.callLater(delayMs, resolve);
            signal?.addEventListener("abort", () => resolve(), { once: true });
            this.life.onDeath(resolve);
          }),
      },
      tell: (event) => this.#tell({ type: "event", event }),
      keep: (kept) => this.#checkpoints.keep(kept),
    };
  }

  #tell(message: FromJob): void {
    if (!this.life.edge(`tell ${message.type}`)) return;
    if (message.type === "report") this.#said = { how: "reported", report: message.report };
    if (message.type === "interrupted") this.#said = { how: "interrupted", message: message.message };
    if (message.type === "refused")
      this.#said = { how: "refused", code: message.code, message: message.message };
    if (message.type !== "event" && message.type !== "keep") return;
    const { event } = message;
    this.#world.witness.jobTold(this, event);
    this.#later("station", () => {
      if (!this.#station.edge(`hear ${event.type}`)) return;
      const heard = this.#onEvent(event);
      if (message.type === "event" || heard === undefined) return;
      const kept = (): void => {
        this.#world.witness.saidToBeKept(this, event);
        this.#toJob("kept", () => this.#checkpoints.kept(message.number));
      };
      heard.then(kept, () => {});
    });
  }

  #toJob(what: string, fn: () => void): void {
    if (!this.#station.edge(`tell ${what}`)) return;
    this.#later("job", () => {
      if (this.life.edge(`hear ${what}`)) fn();
    });
  }

  /** In order, in each direction. */
  #later(to: "station" | "job", fn: () => void): void {
    const { clock, chance } = this.#world;
    const atMs = clock.nowMs() + chance.between(0, 3);
    if (to === "station") this.#toStationMs = Math.max(this.#toStationMs, atMs);
    else this.#toJobMs = Math.max(this.#toJobMs, atMs);
    clock.callLater((to === "station" ? this.#toStationMs : this.#toJobMs) - clock.nowMs(), fn);
  }

  #exit(): void {
    this.life.die();
  }

  /** Its station is told when it is gone for good, after all that it had said. */
  #died(): void {
    const { clock, witness } = this.#world;
    const look = (): void => {
      if (this.isThere) return void clock.callLater(20, look);
      if (this.#isOver) return;
      this.#isOver = true;
      witness.jobIsOver(this);
      this.#later("station", () => {
        if (this.#station.edge("job ended")) this.#settleEnded(this.#said ?? crashed);
      });
    };
    clock.callLater(0, look);
  }
}

const crashed: JobEnd = {
  how: "crashed",
  exitCode: null,
  signal: "SIGKILL",
  message: "The job's process ended without a report, killed by SIGKILL",
};
