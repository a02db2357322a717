/** Disks that are nothing but names: their jobs end when a test says so. */
import { Refusal } from "@trofie/commands";
import {
  confirmationWord,
  FirmwareEraseId,
  workVerbs,
  type Device,
  type EraseFindings,
  type ErasePlan,
  type EraseWork,
  type Identity,
  type Image,
  type JobReport,
  type Plan,
  type PlanOf,
  type WorkKind,
} from "@trofie/contract";
import type {
  Checkpoint,
  DiskHost,
  JobEnd,
  JobEvent,
  JobOrder,
  JobProcess,
  OnJobEvent,
  ProcessId,
  WorkOf,
} from "@trofie/disks";

/** A job's process, as a test holds it. */
export class MemoryJobProcess implements JobProcess {
  readonly process: ProcessId;
  readonly order: JobOrder;
  readonly ended: Promise<JobEnd>;
  wasLetGo = false;
  wasStopped = false;
  /** A hung disk: it does not end when it is told to, nor pauses. */
  isHung = false;
  readonly #onGo: () => void;
  readonly #tell: OnJobEvent;
  readonly #end: (end: JobEnd) => void;

  constructor(pid: number, order: JobOrder, tell: OnJobEvent, onGo: () => void) {
    this.#onGo = onGo;
    this.process = { pid, startTicks: "1", bootId: "boot" };
    this.order = order;
    this.#tell = tell;
    const ended = Promise.withResolvers<JobEnd>();
    this.ended = ended.promise;
    this.#end = ended.resolve;
  }

  go(): void {
    this.wasLetGo = true;
    this.#onGo();
  }

  stop(): void {
    this.wasStopped = true;
    if (!this.isHung) this.finish("stopped");
  }

  pause(): void {
    if (!this.isHung) void this.#tell({ type: "paused" });
  }

  resume(): void {
    if (!this.isHung) void this.#tell({ type: "resumed" });
  }

  tell(event: JobEvent): void {
    void this.#tell(event);
  }

  /** As `tell`, and resolves when it is kept for certain. */
  keep(checkpoint: Checkpoint): void | Promise<void> {
    return this.#tell({ type: "checkpoint", checkpoint });
  }

  finish(outcome: JobReport["outcome"]): void {
    this.end({ how: "reported", report: { ...findingNothing, outcome, message: `It ended ${outcome}` } });
  }

  crash(): void {
    this.end({ how: "crashed", exitCode: null, signal: "SIGKILL", message: "The job's process was killed" });
  }

  end(end: JobEnd): void {
    this.#end(end);
  }
}

const findings: EraseFindings = {
  kind: "erase",
  warnings: [],
  directIo: true,
  passes: [],
  faulty: [],
  faultyBytes: 0,
  rangesCut: false,
  resumptions: [],
};
const findingNothing = { durationMs: 1, findings };

const image: Image = {
  name: "debian.img.xz",
  format: "xz",
  sizeBytes: 4_096,
  modifiedAt: "2026-01-01T00:00:00.000Z",
};

export class MemoryDiskHost implements DiskHost {
  readonly devices = new Map<string, Device>();
  readonly processes: MemoryJobProcess[] = [];
  /** What was asked to be planned about an earlier job. */
  readonly left: JobOrder[] = [];
  /** Processes of an earlier station that are still there, by pid. */
  readonly alive = new Set<number>();
  canStart = true;
  /** Called in the moment that a process is let go. */
  onGo: () => void = () => {};
  /** As the kernel tells that a device has come or gone. */
  changed: () => void = () => {};

  add(path: string, serial = `SERIAL-${path}`, more: Partial<Device> = {}): void {
    const identity: Identity = {
      kind: "disk",
      serial,
      wwn: null,
      model: "Memory",
      sizeBytes: 1_048_576,
      busPath: null,
      backing: null,
      diskseq: "1",
    };
    this.devices.set(path, {
      path,
      identity,
      bus: "memory",
      controller: null,
      rotational: false,
      logicalSectorBytes: 512,
      physicalSectorBytes: 512,
      readOnly: false,
      temperatureC: null,
      hidden: { hpa: "none", dco: "none" },
      uses: [],
      holds: [],
      refusal: null,
      ...more,
    });
  }

  async list(): Promise<Device[]> {
    return [...this.devices.values()];
  }

  async images(): Promise<Image[]> {
    return [image];
  }

  async plan<K extends WorkKind>(work: WorkOf<K>, left?: JobOrder): Promise<PlanOf<K>> {
    if (left) this.left.push(left);
    const device = this.devices.get(work.path);
    if (!device) {
      const what = `${workVerbs[work.kind]} ${work.path}`;
      throw new Refusal("DEVICE_NOT_FOUND", `Cannot ${what}: there is no such device`);
    }
    const { path, identity, holds } = device;
    const planned = { bootId: "boot", path, identity, bytesTotal: 1, estimatedMs: 1, holds, warnings: [] };
    return planMakers[work.kind](work, planned, left);
  }

  async start(order: JobOrder, onEvent: OnJobEvent): Promise<JobProcess> {
    if (!this.canStart) throw new Error("no more processes");
    const process = new MemoryJobProcess(1000 + this.processes.length, order, onEvent, this.onGo);
    this.processes.push(process);
    return process;
  }

  async isAlive({ pid }: ProcessId): Promise<boolean> {
    return this.alive.has(pid);
  }

  watch(onChange: () => void, signal: AbortSignal): void {
    this.changed = onChange;
    signal.addEventListener("abort", () => (this.changed = () => {}));
  }
}

type Planned = Pick<
  Plan,
  "bootId" | "path" | "identity" | "bytesTotal" | "estimatedMs" | "holds" | "warnings"
>;
type MakePlan<K extends WorkKind> = (work: WorkOf<K>, planned: Planned, left?: JobOrder) => PlanOf<K>;

const confirmed = ({ path, identity }: Planned) => ({
  confirm: { word: confirmationWord(path, identity), what: "the last four of the serial" },
});
const unconfirmed = { confirm: null };

function passOf(method: EraseWork["method"]): ErasePlan["passes"][number] {
  const command = FirmwareEraseId.safeParse(method);
  return command.success
    ? { kind: "firmware", command: command.data }
    : { kind: "overwrite", write: "00", verified: true };
}

const planMakers: { readonly [K in WorkKind]: MakePlan<K> } = {
  erase: ({ kind, method, rounds, stream, reading }, planned) => ({
    ...planned,
    ...confirmed(planned),
    kind,
    method: { id: typeof method === "string" ? method : "custom", title: "Zeros, one pass", source: "test" },
    passes: [passOf(method)],
    rounds,
    shuffled: [],
    stream,
    reading,
    level: "Clear",
  }),
  verify: ({ kind, expect, reading }, planned, left) => ({
    ...planned,
    ...unconfirmed,
    kind,
    expect: { kind: "pattern", hex: "hex" in expect ? expect.hex : "00" },
    ofJob: left?.job ?? null,
    reading,
  }),
  "image-write": ({ kind, grow, sha256 = null }, planned) => ({
    ...planned,
    ...confirmed(planned),
    kind,
    image,
    contentBytes: null,
    grow,
    sha256,
  }),
  "image-read": ({ kind, image: name }, planned) => ({
    ...planned,
    ...unconfirmed,
    kind,
    name,
    format: "raw",
  }),
  health: ({ kind }, planned) => ({ ...planned, ...unconfirmed, kind }),
  "spin-down": ({ kind }, planned) => ({ ...planned, ...unconfirmed, kind }),
  unmount: ({ kind }, planned) => ({ ...planned, ...unconfirmed, kind, mounts: [], swaps: [] }),
};
