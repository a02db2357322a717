/** Carries out the passes of an erase on an open disk, from wherever it is. */
import type { PassReport } from "@trofie/contract";
import type { PlannedDisk } from "../disk/open-planned.ts";
import { Presence } from "../disk/presence.ts";
import type { WatchedDisk } from "../disk/watched-disk.ts";
import type { JobContext } from "../job/job-context.ts";
import { readBootId } from "../machine/process-id.ts";
import { discardAll } from "./discard.ts";
import type { ResolvedPass } from "./fills.ts";
import { givingUpOf, type GivingUp } from "./giving-up.ts";
import type { Ground } from "./ground.ts";
import type { HowFar } from "./how-far.ts";
import { Keeper } from "./keeper.ts";
import type { Limits } from "./limits.ts";
import type { Meter } from "./meter.ts";
import { overwrite, type Desk } from "./overwriting.ts";
import { proveOverlap, type Overlap } from "./resume.ts";
import { bytesOfReading } from "./sample.ts";
import { lanesBuffered, lanesDirect } from "./sweep.ts";
import type { Teller } from "./teller.ts";

type Opened = PlannedDisk & { readonly disk: WatchedDisk };
type FirmwarePass = Extract<ResolvedPass, { kind: "firmware" }>;

export class PassRun {
  readonly #context: JobContext<"erase">;
  readonly #opened: Opened;
  readonly #passes: readonly ResolvedPass[];
  readonly #far: HowFar;
  readonly #meter: Meter;
  readonly #keeper: Keeper;
  readonly #givingUp: GivingUp;
  readonly #presence: Presence;
  readonly #teller: Teller;
  readonly #desk: Desk;

  constructor(
    context: JobContext<"erase">,
    opened: Opened,
    passes: readonly ResolvedPass[],
    far: HowFar,
    { limits, meter, teller }: { limits: Limits; meter: Meter; teller: Teller },
  ) {
    const { disk } = opened;
    const presence = new Presence(opened.checkIdentity, context.clock);
    const keeper = new Keeper({ context, disk, presence, far, meter, limits });
    this.#context = context;
    this.#opened = opened;
    this.#passes = passes;
    this.#far = far;
    this.#meter = meter;
    this.#keeper = keeper;
    this.#givingUp = givingUpOf(context, { disk, far, meter });
    this.#presence = presence;
    this.#teller = teller;
    teller.watch(disk);
    teller.count(() => far.map.faultyBytes + far.misread.faultyBytes + far.suspects.bytes);
    this.#desk = {
      context,
      ground: this.#ground(limits),
      far,
      keeper,
      presence,
      step: (words, bytesDone) => this.#step(words, bytesDone),
    };
  }

  #ground(limits: Limits): Ground {
    const { disk, device } = this.#opened;
    const { clock, signal, gate } = this.#context;
    return {
      disk,
      sectorBytes: device.physicalSectorBytes,
      lanes: disk.direct ? lanesDirect : lanesBuffered,
      clock,
      signal,
      gate,
      meter: this.#meter,
      limits,
      checkThere: () => this.#presence.checkNowAndThen(),
      rest: () => this.#rest(),
      passBy: () => this.#givingUp.passBy() ?? this.#keeper.keepIfDue(),
    };
  }

  async #rest(): Promise<void> {
    await this.#keeper.rest();
    this.#givingUp.restart();
  }

  get isDone(): boolean {
    return this.#far.pass >= this.#passes.length;
  }

  get bytesDone(): number {
    return this.#meter.bytesDone;
  }

  get durationMs(): number {
    return this.#keeper.durationMs;
  }

  /**
   * Returns when all passes are carried out, when a mismatch ended them, or when the job is to stop. The first checkpoint
   * is kept before anything is written: from then on the job knows its device wherever it is attached.
   */
  async toEnd(): Promise<void> {
    await (this.#context.checkpoint === null ? this.#begin() : this.#takeUp());
    while (!this.isDone && !this.#isToEnd()) await this.#carryOut(this.#passes[this.#far.pass]!);
    if (this.isDone) this.#meter.moveTo(this.#context.plan.bytesTotal);
  }

  /** After a mismatch nothing that is still to be done could make the disk erased. */
  #isToEnd(): boolean {
    return this.#context.signal.aborted || this.#far.passes.some(hasFailed);
  }

  async #carryOut(pass: ResolvedPass): Promise<void> {
    await this.#presence.check();
    const report = await this.#reportOf(pass);
    if (report === null) return;
    this.#far.endPass(report);
    const isVerified = pass.kind === "overwrite" && pass.verified;
    const isToOverwrite = isVerified && this.#passes[this.#far.pass]?.kind === "overwrite";
    if (!isToOverwrite) return this.#keeper.keep();
    this.#context.tell({ type: "writing" });
    await this.#keeper.keepForCertain();
  }

  /** Null when the job is to stop before the pass has ended. */
  #reportOf(pass: ResolvedPass): Promise<PassReport | null> {
    if (pass.kind === "overwrite") return overwrite(this.#desk, pass);
    return pass.kind === "firmware" ? this.#letFirmware(pass) : this.#discard();
  }

  /** Loaded only when it is needed: most jobs' processes can do without. */
  async #letFirmware({ command }: FirmwarePass): Promise<PassReport> {
    const { carryOutFirmwarePass } = await import("../firmware/carry-out-firmware.ts");
    const { disk, device, checkIdentity } = this.#opened;
    const { machine, places, plan, seedHex, clock, signal, gate, keep } = this.#context;
    const words = `The disk carries out ${command}`;
    this.#step(words, 0);
    return carryOutFirmwarePass({
      machine,
      places,
      command,
      seedHex,
      disk,
      checkIdentity,
      clock,
      signal,
      gate,
      plan: { ...plan, path: device.path },
      tellProgress: (fractionDone) => this.#step(`${words}, ${Math.floor(fractionDone * 100)} % done`, 0),
      kept: this.#far.firmware,
      keep: async (firmware) => {
        this.#far.firmware = firmware;
        await keep(this.#far.checkpoint(this.durationMs));
      },
    });
  }

  async #discard(): Promise<PassReport> {
    const { machine, clock, signal } = this.#context;
    const { disk, device } = this.#opened;
    const begunMs = clock.nowMs();
    this.#step("Discarding all blocks", 0);
    const done = await discardAll(machine, disk, device.path, signal);
    return { kind: "discard", done, durationMs: clock.nowMs() - begunMs };
  }

  async #begin(): Promise<void> {
    this.#far.attachment = await this.#attachment();
    await this.#keeper.keep();
  }

  /**
   * Of a job that goes on: makes sure that what is believed to be on the disk is there, and begins the pass anew if not.
   * A disk that was elsewhere meanwhile may have been written there, so it is verified from its beginning.
   */
  async #takeUp(): Promise<void> {
    const far = this.#far;
    const { diskseq } = this.#opened.device.identity;
    const offset = far.phase === "write" ? far.offset : this.#opened.disk.sizeBytes;
    const overlap = await this.#overlapBefore(offset);
    if (this.#context.signal.aborted) return;
    far.resumptions.push({ pass: far.pass, offset, ...overlap, diskseq });
    const attachment = await this.#attachment();
    const isReading = far.phase === "verify" || far.phase === "verify-again";
    const wasElsewhere = far.attachment !== attachment;
    if (!overlap.proven) far.beginPass();
    else if (isReading && wasElsewhere) far.beginVerification();
    else if (wasElsewhere) this.#goBackToLastWriting();
    far.attachment = attachment;
    await this.#keeper.keep();
  }

  /**
   * When nothing is left to be written: what was read back before the disk was elsewhere says nothing of it now, so the last
   * that was written is read back again; or written again, if all blocks were given back since.
   */
  #goBackToLastWriting(): void {
    const far = this.#far;
    const last = this.#passes.findLastIndex(({ kind }) => kind === "overwrite");
    if (last < 0 || far.pass <= last || this.#isToEnd()) return;
    const isLastDone = far.pass === last + 1;
    far.goBackTo(last);
    if (isLastDone) far.beginVerification();
    else far.beginPass();
  }

  /**
   * What a process before this one wrote, and had no time to tell or to flush, is made durable first: read back from the
   * disk's cache it would prove nothing of the medium.
   */
  async #overlapBefore(writtenTo: number): Promise<Overlap> {
    const far = this.#far;
    const pass = this.#passes[far.pass];
    if (pass?.kind !== "overwrite" || writtenTo === 0) return { overlapBytes: 0, proven: true };
    this.#step("Comparing what was written before", writtenTo);
    await this.#keeper.flush();
    const end = far.phase === "verify" && far.offset > 0 ? far.offset : writtenTo;
    return proveOverlap(this.#desk.ground, pass.fill, end, [...far.map.of("write"), ...far.suspects.ranges]);
  }

  /** Within a boot the kernel counts attachments; of a practice file there is only one. */
  async #attachment(): Promise<string> {
    const { diskseq } = this.#opened.device.identity;
    return `${await readBootId(this.#context.machine)} ${diskseq ?? ""}`;
  }

  #step(words: string, bytesDone: number): void {
    const before = stepsOf(this.#passes.slice(0, this.#far.pass));
    const isSecond = this.#far.phase === "verify" || this.#far.phase === "verify-again";
    this.#teller.begin({ step: words, stepNumber: before + (isSecond ? 2 : 1) });
    this.#givingUp.restart();
    this.#meter.moveTo(this.#bytesBefore() + bytesDone);
  }

  /** Of the passes that have ended. */
  #bytesBefore(): number {
    const { sizeBytes } = this.#opened.disk;
    const readBytes = bytesOfReading(sizeBytes, this.#context.plan.reading);
    return this.#passes
      .slice(0, this.#far.pass)
      .filter((pass) => pass.kind === "overwrite")
      .reduce((sum, { verified }) => sum + sizeBytes + (verified ? readBytes : 0), 0);
  }
}

/** Whether a pass ended so that the disk cannot be called erased any more. */
export function hasFailed(report: PassReport): boolean {
  if (report.kind === "overwrite") return (report.verification?.mismatchedBytes ?? 0) > 0;
  if (report.kind === "discard") return false;
  return !report.firmware.succeeded || report.firmware.unchangedSamples > 0;
}

/** A pass is one step, and its verification another. */
export function stepsOf(passes: readonly ResolvedPass[]): number {
  return passes.reduce((sum, pass) => sum + (pass.kind === "overwrite" && pass.verified ? 2 : 1), 0);
}
