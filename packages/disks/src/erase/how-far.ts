/**
 * How far an erase is: all that it knows of its own past. A checkpoint is a copy of it, made when everything in it was
 * durable on the disk; a job that goes on begins with the copy and writes again whatever came after.
 */
import type { PassReport, Resumption } from "@trofie/contract";
import type { Checkpoint } from "../disk-host.ts";
import type { FirmwareCheckpoint } from "../firmware/carry-out-firmware.ts";
import { Interruption } from "../job/job-context.ts";
import { FaultyMap, Suspects, type FaultyRanges } from "./faulty-map.ts";
import type { Range } from "./range.ts";
import { nothingFound, type Found } from "./verify-pass.ts";

/**
 * What a pass does, in order: it writes, comes back to what failed, reads back, comes back to what could not be read.
 */
export type Phase = "write" | "write-again" | "verify" | "verify-again";

/** A program that reads another number than its own does not go on. */
const format = 1;

/** A checkpoint as this program writes it. */
interface Kept {
  readonly format: typeof format;
  readonly pass: number;
  readonly phase: Phase;
  readonly offset: number;
  readonly suspects: readonly Range[];
  readonly faulty: FaultyRanges;
  readonly misread: FaultyRanges;
  readonly written: Written;
  readonly verified: Verified;
  readonly passes: readonly PassReport[];
  readonly resumptions: readonly Resumption[];
  readonly narrowLeftMs: number;
  readonly durationMs: number;
  readonly firmware: FirmwareCheckpoint | null;
  readonly attachment: string | null;
}

export interface Written {
  readonly bytesWritten: number;
  readonly rewrittenBytes: number;
  readonly durationMs: number;
  readonly generatingMs: number;
}

export interface Verified extends Found {
  readonly durationMs: number;
}

const nothingWritten: Written = { bytesWritten: 0, rewrittenBytes: 0, durationMs: 0, generatingMs: 0 };
const nothingVerified: Verified = { ...nothingFound, durationMs: 0 };

export class HowFar {
  /** The pass that is being carried out, in the order of execution. */
  pass = 0;
  phase: Phase = "write";
  /** In this phase all before it is done; what failed of it is among the suspects. */
  offset = 0;
  suspects = new Suspects();
  written = nothingWritten;
  verified = nothingVerified;
  firmware: FirmwareCheckpoint | null = null;
  /** What is faulty for good. */
  readonly map: FaultyMap;
  /** What the verification of this pass has found so far. */
  misread: FaultyMap;
  /** The boot and the attachment of the device in which it came so far. */
  attachment: string | null;
  /** Of the passes that have ended. */
  readonly passes: PassReport[];
  readonly resumptions: Resumption[];
  readonly narrowing: { leftMs: number };
  /** Of the processes before this one. */
  readonly durationBeforeMs: number;

  private constructor(kept: Partial<Kept> & Pick<Kept, "narrowLeftMs">) {
    this.pass = kept.pass ?? 0;
    this.phase = kept.phase ?? "write";
    this.offset = kept.offset ?? 0;
    this.suspects = new Suspects(kept.suspects);
    this.written = { ...nothingWritten, ...kept.written };
    this.verified = kept.verified ?? nothingVerified;
    this.firmware = kept.firmware ?? null;
    this.map = new FaultyMap(kept.faulty);
    this.misread = new FaultyMap(kept.misread);
    this.attachment = kept.attachment ?? null;
    this.passes = [...(kept.passes ?? [])];
    this.resumptions = [...(kept.resumptions ?? [])];
    this.narrowing = { leftMs: kept.narrowLeftMs };
    this.durationBeforeMs = kept.durationMs ?? 0;
  }

  /** From the beginning, or from a checkpoint. Throws an `Interruption` when the checkpoint is another program's. */
  static from(checkpoint: Checkpoint | null, narrowMs: number): HowFar {
    if (checkpoint === null) return new HowFar({ narrowLeftMs: narrowMs });
    if (checkpoint["format"] === format) return new HowFar(checkpoint as unknown as Kept);
    throw new Interruption("Cannot go on: another version of this program has left the job");
  }

  /** `suspects`: what the phase comes back to. */
  beginPhase(phase: Phase, suspects = new Suspects()): void {
    this.phase = phase;
    this.offset = 0;
    this.suspects = suspects;
  }

  addWritten(bytes: number): void {
    this.written = { ...this.written, bytesWritten: this.written.bytesWritten + bytes };
  }

  /** Of the bytes that were added those whose block was not taken at first. */
  addRewritten(bytes: number): void {
    this.written = { ...this.written, rewrittenBytes: this.written.rewrittenBytes + bytes };
  }

  addFound(found: Found): void {
    this.verified = { ...this.verified, ...found };
  }

  /** Time that the phase took. */
  addTime({ durationMs, generatingMs }: Pick<Written, "durationMs" | "generatingMs">): void {
    if (this.phase === "write" || this.phase === "write-again") {
      const before = this.written;
      this.written = {
        ...before,
        durationMs: before.durationMs + durationMs,
        generatingMs: before.generatingMs + generatingMs,
      };
    } else {
      this.verified = { ...this.verified, durationMs: this.verified.durationMs + durationMs };
    }
  }

  /** Begins the pass anew, whatever was written of it. */
  beginPass(): void {
    this.beginPhase("write");
    this.written = nothingWritten;
    this.firmware = null;
    this.#forgetReading();
  }

  /** Begins the reading back of this pass anew. */
  beginVerification(): void {
    this.beginPhase("verify");
    this.#forgetReading();
  }

  #forgetReading(): void {
    this.verified = nothingVerified;
    this.misread = new FaultyMap();
  }

  endPass(report: PassReport): void {
    this.map.addAll(this.misread);
    this.passes.push(report);
    this.pass += 1;
    this.beginPass();
  }

  /** That pass, which has ended, and those after it count as not ended; what was found faulty stays in the map. */
  goBackTo(pass: number): void {
    const [report] = this.passes.splice(pass);
    this.pass = pass;
    if (report?.kind !== "overwrite") return;
    const { bytesWritten, rewrittenBytes, durationMs, generatingMs } = report;
    this.written = { bytesWritten, rewrittenBytes, durationMs, generatingMs };
  }

  /** A copy, as plain JSON. */
  checkpoint(durationMs: number): Checkpoint {
    return {
      format,
      pass: this.pass,
      phase: this.phase,
      offset: this.offset,
      suspects: this.suspects.toJSON(),
      faulty: this.map.toJSON(),
      misread: this.misread.toJSON(),
      written: this.written,
      verified: this.verified,
      passes: [...this.passes],
      resumptions: [...this.resumptions],
      narrowLeftMs: this.narrowing.leftMs,
      durationMs,
      firmware: this.firmware,
      attachment: this.attachment,
    } satisfies Kept;
  }
}
