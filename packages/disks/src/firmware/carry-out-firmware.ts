/**
 * Carries out one firmware pass: samples, the command, its status until the end, samples again, judgement.
 *
 * Invariant: the command is given once. Before it is given the checkpoint `issuing` is kept; whoever finds a checkpoint
 * reads the disk's status instead, and where that does not tell how the command ended, the pass has failed.
 */
import { Refusal } from "@trofie/commands/errors";
import type { ErasePlan, FirmwareEraseId, PassReport } from "@trofie/contract";
import type { Places } from "../discovery/surroundings.ts";
import type { Disk } from "../disk/disk.ts";
import { Interruption, type JobClock } from "../job/job-context.ts";
import type { PauseGate } from "../job/pause-gate.ts";
import type { Machine } from "../machine/machine.ts";
import type { AskedDisk } from "./ask-disk.ts";
import { firmwareCommands, type FirmwareCommand } from "./firmware-commands.ts";
import type { Answer, FirmwareStatus } from "./firmware-family.ts";
import { claimAll, otherNamespaces, refuseUnlessFree } from "./namespaces.ts";
import { compareSamples, comparisonText, readSamples, samplePlaces, type Comparison } from "./samples.ts";
import { isToolAtWork } from "./tool-at-work.ts";

export interface FirmwareRun {
  readonly machine: Machine;
  readonly places: Places;
  readonly plan: Pick<ErasePlan, "path" | "identity" | "bootId">;
  readonly command: FirmwareEraseId;
  /** Of the job; the places of the samples follow from it. */
  readonly seedHex: string;
  /** Open exclusively from before the pass until after it; samples are read of it. It stays open. */
  readonly disk: Disk;
  /** Throws a `Refusal` when the open disk is no longer the planned one; asked right before the command is given. */
  readonly checkIdentity: () => Promise<void>;
  readonly clock: JobClock;
  /** Once the disk has the command nothing stops it: an aborted pass ends, and says that the disk goes on. */
  readonly signal: AbortSignal;
  /** Passed before the command is given; a disk that works cannot be paused. */
  readonly gate: PauseGate;
  /** From 0 to 1. */
  readonly tellProgress: (fractionDone: number) => void;
  /** What an earlier process of this job last kept of this pass; null: it never came to the command. */
  readonly kept: FirmwareCheckpoint | null;
  /**
   * Keeps the checkpoint with the station; the command is not given before it resolves. Rejects when nobody is there to
   * hear it: the pass then leaves everything as it is.
   */
  readonly keep: (checkpoint: FirmwareCheckpoint) => Promise<void>;
}

/** Plain JSON, for the engine to put whole into its own checkpoint. */
export interface FirmwareCheckpoint {
  readonly command: FirmwareEraseId;
  /**
   * - `issuing`: the command may have been given from here on.
   * - `issued`: the disk has taken it; of a Security Erase: the password is set, and the erase follows.
   * - `failed`: it has failed, and what it left behind is being put right.
   */
  readonly issue: "issuing" | "issued" | "failed";
  /** The words of the disk's status before. */
  readonly statusBefore: string;
  readonly samplesBefore: readonly string[];
}

export type FirmwarePassReport = Extract<PassReport, { kind: "firmware" }>;

/**
 * The disk's failures are in the report. Throws a `Refusal` when the disk is not to be touched, always before the command
 * was given, and an `Interruption` when the disk is gone or does not answer: it can be followed again later.
 */
export function carryOutFirmwarePass(run: FirmwareRun): Promise<FirmwarePassReport> {
  const pass = new FirmwarePass(run);
  return run.kept === null ? pass.begin() : pass.reattach(run.kept);
}

const pollEveryMs = 2000;
/** A disk that its tools cannot ask for so long is given up for now. */
const longestSilenceMs = 10 * 60_000;

class FirmwarePass {
  readonly #run: FirmwareRun;
  readonly #command: FirmwareCommand;
  readonly #disk: AskedDisk;
  readonly #places: readonly number[];
  readonly #startedMs: number;
  #checkpoint: FirmwareCheckpoint;

  constructor(run: FirmwareRun) {
    const { machine, plan, command, disk, seedHex, kept, clock } = run;
    this.#run = run;
    this.#command = firmwareCommands[command];
    this.#disk = { machine, path: plan.path, serial: plan.identity.serial };
    this.#places = samplePlaces(disk.sizeBytes, seedHex);
    this.#startedMs = clock.nowMs();
    this.#checkpoint = kept ?? { command, issue: "issuing", statusBefore: "", samplesBefore: [] };
  }

  async begin(): Promise<FirmwarePassReport> {
    const { machine, places, plan, gate, signal, disk, clock, command, checkIdentity } = this.#run;
    const { estimatedMs, reachesOthers } = await this.#refuseObstacles();
    const before = await this.#status(false);
    const samplesBefore = await readSamples(disk, this.#places, clock);
    this.#checkpoint = { command, issue: "issuing", statusBefore: before?.words ?? "", samplesBefore };
    await gate.passed();
    if (signal.aborted) return this.#report(false, "stopped before the command was given");
    const others = reachesOthers ? await otherNamespaces(machine, plan.path) : [];
    await refuseUnlessFree(machine, places, plan.path, others);
    const letGo = await claimAll(machine, plan.path, others);
    try {
      await checkIdentity();
      await this.#keep("issuing");
      return await this.#give(estimatedMs);
    } finally {
      await letGo();
    }
  }

  async reattach({ issue }: FirmwareCheckpoint): Promise<FirmwarePassReport> {
    if (issue === "failed") return this.#fail("it had failed before the job was cut off");
    const { machine, plan, clock, signal } = this.#run;
    while (this.#command.family.isBlocking && (await isToolAtWork(machine, plan.path))) {
      if (signal.aborted) return this.#goesOn("the tool of the process before still waits for the disk");
      await clock.wait(pollEveryMs, signal);
    }
    return this.#follow(issue === "issued");
  }

  /** From here on the disk may be erased, and nothing may end in a `Refusal`: that would say that nothing was written. */
  async #give(estimatedMs: number | null): Promise<FirmwarePassReport> {
    const { family } = this.#command;
    if (family.prepare !== undefined) {
      const prepared = await this.#answer(family.prepare(this.#disk));
      if (!prepared.taken) return this.#notTaken(prepared.words);
      await this.#keep("issued");
    }
    const { taken, words } = await this.#answer(this.#whileTicking(estimatedMs));
    if (!taken) return this.#notTaken(words);
    // A disk that goes on by itself does so whether or not this is kept: without it, only its status is believed later.
    if (!family.isBlocking) await this.#keep("issued").catch(() => {});
    return this.#follow(true);
  }

  /** A tool also fails when its disk is gone in the middle of the command: such a disk is followed, and not given up. */
  async #notTaken(words: string): Promise<FirmwarePassReport> {
    const status = await this.#status(false);
    return status === null || status.state === "running" ? this.#follow(false) : this.#fail(words);
  }

  /** The time that the disk asked for is all that there is to tell of a command that blocks. */
  async #whileTicking(estimatedMs: number | null): Promise<Answer> {
    const { clock, tellProgress, command } = this.#run;
    const begunMs = clock.nowMs();
    const stopTicking = clock.every(1000, () => {
      if (estimatedMs === null || !this.#command.family.isBlocking) return;
      tellProgress(Math.min(0.99, (clock.nowMs() - begunMs) / estimatedMs));
    });
    try {
      return await this.#command.family.issue(this.#disk, command);
    } finally {
      stopTicking();
    }
  }

  async #follow(wasTaken: boolean): Promise<FirmwarePassReport> {
    const { clock, signal, tellProgress } = this.#run;
    let heardMs = clock.nowMs();
    /** What was seen running was surely taken; but how a command ends that blocks, only its answer says. */
    let isOurs = wasTaken;
    for (;;) {
      const status = await this.#status(isOurs);
      if (status === null) {
        await this.#interruptIfGone(clock.nowMs() - heardMs);
      } else {
        heardMs = clock.nowMs();
        if (status.state !== "running") return this.#conclude(status, isOurs);
        isOurs ||= !this.#command.family.isBlocking;
        if (status.fractionDone !== null) tellProgress(status.fractionDone);
        if (signal.aborted) return this.#goesOn(status.words);
      }
      await clock.wait(pollEveryMs, signal);
      if (status === null && signal.aborted) return this.#goesOn("it does not answer");
    }
  }

  async #interruptIfGone(silentMs: number): Promise<void> {
    await this.#run.checkIdentity().catch((error: unknown) => {
      throw new Interruption(`The disk is gone in the middle of its own erase: ${textOf(error)}`);
    });
    if (silentMs < longestSilenceMs) return;
    throw new Interruption("The disk does not say how far its own erase is");
  }

  /** `isOurs`: the status is surely that of our command, not of one before it. */
  async #conclude(status: FirmwareStatus, isOurs: boolean): Promise<FirmwarePassReport> {
    if (status.state === "failed") return this.#fail(status.words);
    if (status.state !== "succeeded") {
      return this.#fail(`${status.words}: how the command ended, or whether the disk got it, is not known`);
    }
    const { disk, clock, checkIdentity } = this.#run;
    const comparison = compareSamples(
      this.#checkpoint.samplesBefore,
      await readSamples(disk, this.#places, clock),
    );
    const changed = await checkIdentity().then(
      () => null,
      (error: unknown) => textOf(error),
    );
    const isNew = isOurs || status.words !== this.#checkpoint.statusBefore;
    const doubt = changed ?? doubtOf(comparison, this.#command, isNew);
    const words = [status.words, ...(doubt === null ? [] : [doubt])].join("; ");
    return this.#report(doubt === null, words, comparison);
  }

  async #fail(words: string): Promise<FirmwarePassReport> {
    const { family } = this.#command;
    if (family.tidyUp === undefined) return this.#report(false, words);
    await this.#keep("failed");
    const done = await family.tidyUp(this.#disk).catch(textOf);
    return this.#report(false, `${words}; ${done}`);
  }

  /** Told to stop: the disk cannot be. */
  #goesOn(words: string): FirmwarePassReport {
    return this.#report(false, `told to stop, but the disk goes on by itself: ${words}`);
  }

  #report(
    succeeded: boolean,
    words: string,
    comparison: Comparison = compareSamples([], []),
  ): FirmwarePassReport {
    const { clock, command } = this.#run;
    const isCompared = comparison.places > 0;
    const firmware = {
      command,
      status: isCompared ? `${words}; ${comparisonText(comparison)}` : words,
      succeeded,
      samples: comparison.places,
      silentSamples: comparison.blankBefore + comparison.unreadableBefore,
      unchangedSamples: comparison.unchanged,
      durationMs: clock.nowMs() - this.#startedMs,
    };
    return { kind: "firmware", firmware };
  }

  async #refuseObstacles(): Promise<{ estimatedMs: number | null; reachesOthers: boolean }> {
    const { plan, command } = this.#run;
    const capability = (await this.#command.family.capabilities(this.#disk))[command];
    if (capability?.obstacle === null) return capability;
    const why = capability?.obstacle ?? "the disk has no such command";
    throw new Refusal("ERASE_NOT_POSSIBLE", `Cannot erase ${plan.path} by ${command}: ${why}`);
  }

  async #status(wasTaken: boolean): Promise<FirmwareStatus | null> {
    return this.#command.family.status(this.#disk, this.#run.command, wasTaken).catch(() => null);
  }

  /** A tool that is gone between two questions has not given the command. */
  #answer(given: Promise<Answer>): Promise<Answer> {
    return given.catch((error: unknown) => ({ taken: false, words: textOf(error) }));
  }

  async #keep(issue: FirmwareCheckpoint["issue"]): Promise<void> {
    this.#checkpoint = { ...this.#checkpoint, issue };
    await this.#run.keep(this.#checkpoint).catch((error: unknown) => {
      throw new Interruption(`Nobody is there to keep how far the disk's own erase is: ${textOf(error)}`);
    });
  }
}

/** Why the disk's word that it is erased is not enough; null when it is. */
function doubtOf(comparison: Comparison, command: FirmwareCommand, isNew: boolean): string | null {
  const { unchanged, changed, unreadableNow } = comparison;
  if (unchanged > 0) return "old data is still there";
  if (!isNew && changed === 0) return "the disk may be telling of an erase before this one";
  // NVM Express Base 2.0, Sanitize: after a crypto or block erase reads may fail, until the block is written again.
  if (unreadableNow > 0 && changed === 0 && command.for !== "nvme") return "nothing of it can be read";
  return null;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
