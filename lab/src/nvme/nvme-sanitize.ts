import type { Erasure } from "../drives/erasure.ts";
import { status } from "./nvme-command.ts";

/** Base: Sanitize Status log page, SSTAT bits 2:0. */
const sanitizeStatus = { never: 0, completed: 1, inProgress: 2, failed: 3 } as const;

/** Base: Sanitize command, dword 10, SANACT. */
const actions: Readonly<Record<number, string>> = { 2: "block erase", 3: "overwrite", 4: "crypto erase" };
const exitFailureMode = 1;

export interface SanitizeState {
  /** In 65536ths; 65535 when nothing is in progress. */
  readonly progress: number;
  readonly status: number;
  readonly globalDataErased: boolean;
  /** Dword 10 of the command that began it. */
  readonly askedWith: number;
}

/** The Sanitize command and what comes of it (Base: Sanitize command, Sanitize Operations). The state outlives a loss of power. */
export class NvmeSanitize {
  readonly #erasure: Erasure;
  #status: number = sanitizeStatus.never;
  #globalDataErased = false;
  #askedWith = 0;

  constructor(erasure: Erasure) {
    this.#erasure = erasure;
  }

  get state(): SanitizeState {
    const inProgress = this.#status === sanitizeStatus.inProgress;
    return {
      progress: inProgress ? Math.floor(this.#erasure.progress * 65536) : 65535,
      status: this.#status,
      globalDataErased: this.#globalDataErased,
      askedWith: this.#askedWith,
    };
  }

  /** What a command that would touch the media is answered with; null when it may. */
  get objection(): number | null {
    if (this.#status === sanitizeStatus.inProgress) return status.sanitizeInProgress;
    return this.#status === sanitizeStatus.failed ? status.sanitizeFailed : null;
  }

  get isInProgress(): boolean {
    return this.#status === sanitizeStatus.inProgress;
  }

  /** Answered at once; `erased` is told later, unless it fails. Whoever asked finds out by the log. */
  begin(dword10: number, pattern: number, erased: () => void): number {
    const action = dword10 & 0b111;
    if (this.isInProgress) return status.sanitizeInProgress;
    if (action === exitFailureMode) return this.#exitFailureMode();
    const kind = actions[action];
    if (!kind) return status.invalidField;
    this.#askedWith = dword10;
    this.#status = sanitizeStatus.inProgress;
    this.#globalDataErased = false;
    const byte = kind === "overwrite" ? pattern & 0xff : 0;
    this.#erasure.begin({ name: `sanitize, ${kind}`, byte, afterPowerLoss: "resumes" }, (outcome) => {
      this.#status = sanitizeStatus[outcome];
      this.#globalDataErased = outcome === "completed";
      if (outcome === "completed") erased();
    });
    return status.success;
  }

  /** A write after a sanitize: not everything is erased any more. */
  noteWrite(): void {
    this.#globalDataErased = false;
  }

  /** Only for an operation that allowed it (AUSE); after any other, nothing but another sanitize helps. */
  #exitFailureMode(): number {
    const allowed = (this.#askedWith & 0b1000) !== 0;
    if (this.#status !== sanitizeStatus.failed) return status.success;
    if (!allowed) return status.sanitizeFailed;
    this.#status = sanitizeStatus.never;
    return status.success;
  }
}
