/** Disks that are nothing but names: their jobs end when a test says so. */
import { Refusal } from "@trofie/commands";
import {
  confirmationWord,
  type Device,
  type ErasePlan,
  type Identity,
  type JobReport,
} from "@trofie/contract";
import type { DiskHost, JobEnd, JobEvent, JobOrder, JobProcess, ProcessId } from "@trofie/disks";

/** A job's process, as a test holds it. */
export class MemoryJobProcess implements JobProcess {
  readonly process: ProcessId;
  readonly order: JobOrder;
  readonly ended: Promise<JobEnd>;
  wasLetGo = false;
  wasStopped = false;
  /** A hung disk: it does not end when it is told to. */
  isHung = false;
  readonly #onGo: () => void;
  readonly #tell: (event: JobEvent) => void;
  readonly #end: (end: JobEnd) => void;

  constructor(pid: number, order: JobOrder, tell: (event: JobEvent) => void, onGo: () => void) {
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

  tell(event: JobEvent): void {
    this.#tell(event);
  }

  finish(outcome: JobReport["outcome"]): void {
    this.#end({ how: "reported", report: { ...emptyReport, outcome, message: `It ended ${outcome}` } });
  }

  crash(): void {
    this.#end({ how: "crashed", exitCode: null, signal: "SIGKILL", message: "The job's process was killed" });
  }
}

const emptyReport = { directIo: true, passes: [], verification: null, durationMs: 1 };

export class MemoryDiskHost implements DiskHost {
  readonly devices = new Map<string, Device>();
  readonly processes: MemoryJobProcess[] = [];
  /** Processes of an earlier station that are still there, by pid. */
  readonly alive = new Set<number>();
  canStart = true;
  /** Called in the moment that a process is let go. */
  onGo: () => void = () => {};

  add(path: string, serial = `SERIAL-${path}`): void {
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
      rotational: false,
      logicalSectorBytes: 512,
      physicalSectorBytes: 512,
      readOnly: false,
      uses: [],
      holds: [],
      refusal: null,
    });
  }

  async list(): Promise<Device[]> {
    return [...this.devices.values()];
  }

  async plan(path: string, method: string): Promise<ErasePlan> {
    const device = this.devices.get(path);
    if (!device) throw new Refusal("DEVICE_NOT_FOUND", `Cannot erase ${path}: there is no such device`);
    const { identity } = device;
    return {
      bootId: "boot",
      path,
      identity,
      method: { id: method, title: "Zeros", source: "test" },
      passes: [{ patternHex: "00", verified: true }],
      level: "Clear",
      bytesTotal: 2 * identity.sizeBytes,
      estimatedMs: 1,
      holds: device.holds,
      warnings: [],
      confirm: { word: confirmationWord(path, identity), what: "the last four of the serial" },
    };
  }

  async start(order: JobOrder, onEvent: (event: JobEvent) => void): Promise<JobProcess> {
    if (!this.canStart) throw new Error("no more processes");
    const process = new MemoryJobProcess(1000 + this.processes.length, order, onEvent, this.onGo);
    this.processes.push(process);
    return process;
  }

  async isAlive({ pid }: ProcessId): Promise<boolean> {
    return this.alive.has(pid);
  }
}
