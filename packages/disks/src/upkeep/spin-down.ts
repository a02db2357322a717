/**
 * Stops a disk's motor, so that it can be taken out. The disk is not opened for writing: udev looks into a disk again
 * whenever somebody has had it open so, which would wake it.
 */
import { Refusal } from "@trofie/commands/errors";
import type { JobReport } from "@trofie/contract";
import type { Found } from "../discovery/discover.ts";
import { findPlanned } from "../discovery/planned-device.ts";
import { refuseUnlessFit } from "../discovery/refuse-work.ts";
import type { CarryOut, JobContext } from "../job/job-context.ts";
import type { MakePlan } from "../job/plan-context.ts";
import { Steps } from "../job/steps.ts";
import type { Executed } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";

const toolLimitMs = 60_000;
/** A drive says that it stands when it has stopped its motor; a USB bridge says sooner that it will. */
const patienceMs = 15_000;
const lookEveryMs = 500;

export const makeSpinDownPlan: MakePlan<"spin-down"> = async ({ machine, found, bootId }, work) => {
  const { path, identity } = found.device;
  refuseUnlessFit(found, work.kind);
  if (whyNoMotor(found.device) === null) {
    const version = await machine.execute("hdparm", ["-V"], { limitMs: toolLimitMs });
    if (version === null) {
      throw new Refusal("TOOL_MISSING", `Cannot spin down ${path}: hdparm is not installed`);
    }
  }
  const plan = { kind: "spin-down", bootId, path, identity, bytesTotal: 0, estimatedMs: 5000 } as const;
  return { ...plan, holds: [], warnings: [], confirm: null };
};

export const carryOutSpinDown: CarryOut<"spin-down"> = async (context) => {
  const steps = new Steps(context, { count: 1 });
  steps.begin(1, "Stopping the motor");
  const startedMs = context.clock.nowMs();
  try {
    const { outcome, message } = await new SpinDown(context).toEnd();
    return { outcome, message, durationMs: context.clock.nowMs() - startedMs, findings: null };
  } finally {
    steps.end();
  }
};

type End = Pick<JobReport, "outcome" | "message">;

class SpinDown {
  readonly #context: JobContext<"spin-down">;

  constructor(context: JobContext<"spin-down">) {
    this.#context = context;
  }

  async toEnd(): Promise<End> {
    const { machine, places, plan } = this.#context;
    const found = await findPlanned(machine, places, plan, "spin down");
    refuseUnlessFit(found, "spin-down");
    const why = whyNoMotor(found.device);
    if (why !== null) return this.#failed(why);
    const ata = await this.#standBy();
    if (ata === null) return { outcome: "done", message: "The disk is in standby: its motor stands" };
    if (this.#context.signal.aborted)
      return { outcome: "stopped", message: "Stopped; the motor may still stop" };
    if (found.device.bus === "sata") return this.#failed(ata);
    const scsi = await this.#stopUnit();
    if (scsi === null) return { outcome: "done", message: "The disk is stopped: its motor stands" };
    return this.#failed(`${ata}; ${scsi}`);
  }

  #failed(state: string): End {
    return { outcome: "failed", message: `Cannot spin down ${this.#context.plan.path}: ${state}` };
  }

  /**
   * STANDBY IMMEDIATE, and not SLEEP: a drive that sleeps must be reset to answer anything, which wakes it. Null when the
   * drive says that it stands; CHECK POWER MODE does not wake it (ACS-4 §7.3).
   */
  async #standBy(): Promise<string | null> {
    const asked = await this.#execute("hdparm", ["-y", this.#context.plan.path]);
    if (asked === null) return "hdparm is not installed";
    const state = await this.#until(
      () => this.#powerMode(),
      (mode) => mode === "standby" || mode === "sleeping",
    );
    if (state === null) return null;
    const isRefused = asked.exitCode !== 0 || hasRefused(asked);
    return isRefused ? `it refused to stand by (${lastLine(asked)})` : `its state is ${state}`;
  }

  /**
   * hdparm ends with 0 for disks that had refused, and then even says "standby" of one whose motor runs, for that is
   * what nothing at all means as an answer. Seen with hdparm 9.65 and SCSI disks; the only sign is on its other output.
   */
  async #powerMode(): Promise<string> {
    const said = await this.#execute("hdparm", ["-C", this.#context.plan.path]);
    if (said === null || said.exitCode !== 0 || hasRefused(said)) return "unknown";
    return /drive state is:\s*(\S+)/.exec(said.stdout)?.[1] ?? "unknown";
  }

  /** START STOP UNIT (SBC-4 §5.31). Null when the disk is not ready any more, which is what a stopped one says. */
  async #stopUnit(): Promise<string | null> {
    const asked = await this.#execute("sg_start", ["--stop", this.#context.plan.path]);
    if (asked === null) return "sg_start is not installed (package sg3-utils)";
    if (asked.exitCode !== 0) return `it refused to stop (${lastLine(asked)})`;
    const state = await this.#until(
      () => this.#readiness(),
      (readiness) => readiness === "not ready",
    );
    return state === null ? null : `its state is ${state}`;
  }

  /** sg3_utils(8): exit code 2 is the sense key "not ready". */
  async #readiness(): Promise<string> {
    const said = await this.#execute("sg_turs", [this.#context.plan.path]);
    if (said?.exitCode === 2) return "not ready";
    return said?.exitCode === 0 ? "ready" : "unknown";
  }

  /** Null as soon as the disk says what is awaited, else the last that it said. */
  async #until(look: () => Promise<string>, isAwaited: (state: string) => boolean): Promise<string | null> {
    const { clock, signal } = this.#context;
    for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
      const state = await look();
      if (isAwaited(state)) return null;
      if (waitedMs >= patienceMs || signal.aborted) return state;
      await clock.wait(lookEveryMs, signal);
    }
  }

  #execute(program: string, args: readonly string[]): Promise<Executed | null> {
    return this.#context.machine.execute(program, args, { limitMs: toolLimitMs });
  }
}

/** SATA's SSDs are told to stand by all the same: they bring all they hold to their cells, and can be taken out. */
function whyNoMotor({ bus, identity }: Found["device"]): string | null {
  if (identity.kind !== "disk") return "it is a file, and has no motor";
  if (bus === "nvme" || bus === "mmc") return "it has no motor";
  if (bus === "virtio" || bus === "zram" || bus === "nbd" || bus === "iscsi") {
    return "it is no disk of this machine, and has no motor here";
  }
  return null;
}

/** The sense data that hdparm cannot read says that the command was aborted (fixed format, SPC-4 §4.5.3). */
function hasRefused({ stderr }: Executed): boolean {
  return /bad\/missing sense data|SG_IO: /.test(stderr);
}

function lastLine({ stdout, stderr }: Executed): string {
  return (
    printable(`${stdout}\n${stderr}`.trim().split("\n").at(-1)?.slice(0, 200) ?? null) ?? "without a word"
  );
}
