/**
 * Unmounts all that is mounted of a disk, and switches its swap off. Never lazily: a file system that is still in use would
 * only be out of sight, and its disk not free.
 */
import type { JobReport, UnmountFindings } from "@trofie/contract";
import type { Mount } from "../discovery/mounts.ts";
import { findPlanned } from "../discovery/planned-device.ts";
import { refuseUnlessFit } from "../discovery/refuse-work.ts";
import type { CarryOut, JobContext } from "../job/job-context.ts";
import type { MakePlan } from "../job/plan-context.ts";
import { Steps } from "../job/steps.ts";
import { printable } from "../machine/printable.ts";
import { keepersOf, keptElsewhere } from "./keepers.ts";
import { coverOf, readInUse, shown, type InUse } from "./mounted.ts";

/** What was written to a slow disk and is not there yet is written now; swap comes back into memory. */
const toolLimitMs = 30 * 60_000;

export const makeUnmountPlan: MakePlan<"unmount"> = async ({ machine, found, bootId }, work) => {
  const { path, identity } = found.device;
  refuseUnlessFit(found, work.kind);
  const { mounts, swaps } = await readInUse(machine, (await machine.stat(path))?.number ?? null);
  return {
    kind: "unmount",
    bootId,
    path,
    identity,
    bytesTotal: 0,
    estimatedMs: 1000,
    holds: [],
    warnings: [],
    confirm: null,
    mounts: mounts.map(shown),
    swaps: swaps.map((swap) => printable(swap) ?? ""),
  };
};

export const carryOutUnmount: CarryOut<"unmount"> = async (context) => {
  const steps = new Steps(context, { count: context.plan.mounts.length + context.plan.swaps.length });
  try {
    return await new Unmounting(context, steps).toEnd();
  } finally {
    steps.end();
  }
};

class Unmounting {
  readonly #context: JobContext<"unmount">;
  readonly #steps: Steps;
  readonly #startedMs: number;
  readonly #unmounted: string[] = [];
  readonly #swapsOff: string[] = [];
  /** The devices of what was unmounted. */
  readonly #numbers = new Set<string>();
  #number: string | null = null;

  constructor(context: JobContext<"unmount">, steps: Steps) {
    this.#context = context;
    this.#steps = steps;
    this.#startedMs = context.clock.nowMs();
  }

  /** What is mounted now counts, which may be more or less than when the plan was made. */
  async toEnd(): Promise<JobReport> {
    const { machine, places, plan } = this.#context;
    const found = await findPlanned(machine, places, plan, "unmount");
    refuseUnlessFit(found, "unmount");
    this.#number = (await machine.stat(plan.path))?.number ?? null;
    const problem = (await this.#switchSwapsOff()) ?? (await this.#unmountAll());
    if (this.#context.signal.aborted && (await this.#isLeft())) {
      return this.#report("stopped", "Stopped before all was unmounted");
    }
    if (problem !== null) return this.#report("failed", problem);
    const elsewhere = await keptElsewhere(machine, this.#numbers);
    if (elsewhere !== null) {
      const state = `it is still mounted in another mount namespace, that of ${elsewhere}`;
      return this.#report("failed", `Cannot unmount ${plan.path}: ${state}`);
    }
    return this.#report("done", await this.#success());
  }

  /** Before the mounts: a swap file lies in one of them. Null when all went well, else why not. */
  async #switchSwapsOff(): Promise<string | null> {
    const { machine, signal } = this.#context;
    for (const path of (await this.#inUse()).swaps) {
      if (signal.aborted) return null;
      this.#begin(`Switching swap off on ${printable(path)}`);
      const said = await machine.execute("swapoff", ["--", path], { limitMs: toolLimitMs });
      if ((await this.#inUse()).swaps.includes(path)) {
        return `Cannot switch swap off on ${printable(path)}: ${wordsOf(said)}`;
      }
      this.#swapsOff.push(printable(path) ?? "");
    }
    return null;
  }

  /**
   * One after the other from the last that was mounted; tried again as long as that frees another. Of several that do
   * not go the first is told: the others may only be in its way.
   */
  async #unmountAll(): Promise<string | null> {
    let problem: string | null = null;
    const failed = new Set<string>();
    while (!this.#context.signal.aborted) {
      const inUse = await this.#inUse();
      const next = inUse.mounts.find((mount) => !failed.has(keyOf(mount)));
      if (next === undefined) return inUse.mounts.length === 0 ? null : problem;
      const wentWrong = await this.#unmount(inUse, next);
      if (wentWrong === null) failed.clear();
      else failed.add(keyOf(next));
      problem = wentWrong === null ? null : (problem ?? wentWrong);
    }
    return null;
  }

  async #unmount(inUse: InUse, mount: Mount): Promise<string | null> {
    const { machine } = this.#context;
    const point = printable(mount.point) ?? "";
    const cover = coverOf(inUse, mount);
    if (cover !== null) {
      return `Cannot unmount ${point}: ${printable(cover.source)} is mounted over it at ${printable(cover.point)}`;
    }
    this.#begin(`Unmounting ${point}`);
    const args = ["--no-canonicalize", "--", mount.point];
    const said = await machine.execute("umount", args, { limitMs: toolLimitMs });
    const after = await this.#inUse();
    if (countOf(after.all, mount) < countOf(inUse.all, mount)) {
      this.#unmounted.push(point);
      this.#numbers.add(mount.number);
      return null;
    }
    const keepers = await keepersOf(machine, after.all, mount);
    const why = keepers.length === 0 ? wordsOf(said) : `it is kept busy by ${keepers.join(", ")}`;
    return `Cannot unmount ${point}: ${why}`;
  }

  async #isLeft(): Promise<boolean> {
    const { mounts, swaps } = await this.#inUse();
    return mounts.length + swaps.length > 0;
  }

  #inUse(): Promise<InUse> {
    return readInUse(this.#context.machine, this.#number);
  }

  #begin(step: string): void {
    this.#steps.begin(this.#unmounted.length + this.#swapsOff.length + 1, step);
  }

  /** LVM, LUKS and RAID are not taken apart: that it is still held is said. */
  async #success(): Promise<string> {
    const { machine, places, plan } = this.#context;
    const { device } = await findPlanned(machine, places, plan, "unmount");
    const still = device.uses.length === 0 ? "" : `; it is still in use: ${device.uses.join(", ")}`;
    const did = this.#unmounted.length + this.#swapsOff.length > 0;
    return `${did ? "Nothing of it is mounted any more" : "Nothing of it was mounted"}${still}`;
  }

  #report(outcome: JobReport["outcome"], message: string): JobReport {
    const findings: UnmountFindings = {
      kind: "unmount",
      unmounted: this.#unmounted,
      swapsOff: this.#swapsOff,
    };
    return { outcome, message, durationMs: this.#context.clock.nowMs() - this.#startedMs, findings };
  }
}

function keyOf({ number, point }: Mount): string {
  return `${number} ${point}`;
}

function countOf(all: readonly Mount[], mount: Mount): number {
  return all.filter((other) => keyOf(other) === keyOf(mount)).length;
}

/** "umount: /mnt: target is busy." without the name and the path. */
function wordsOf(said: { readonly stdout: string; readonly stderr: string } | null): string {
  if (said === null) return "the program for it is not installed";
  const line = said.stderr.trim().split("\n").at(0) ?? "";
  const words = line
    .replace(/^(umount|swapoff): /, "")
    .replace(/^.*: /, "")
    .replace(/\.$/, "");
  return printable(words.slice(0, 200)) ?? "it did not go, and nobody says why";
}
