import type { Media } from "../fault-disk/media.ts";

/** How long an erase by a drive's firmware takes; `by hand`, as long as the test wants. */
export type Pace = "by hand" | { readonly durationMs: number };

/** What becomes of an erase. A drive that `lies` says that it succeeded, and has done nothing. */
export type Fate = "succeeds" | "fails" | "lies";

export type Outcome = "completed" | "failed";

/** What an erase is; `afterPowerLoss`, whether the drive goes on with it by itself, as the standards want of sanitize. */
export interface ErasureKind {
  readonly name: string;
  /** What every byte becomes: 0 where nothing is said. */
  readonly byte?: number;
  readonly afterPowerLoss: "resumes" | "is lost";
}

interface Running {
  readonly kind: ErasureKind;
  readonly fate: Fate;
  readonly beganAtMs: number;
  readonly ended: (outcome: Outcome) => void;
}

/**
 * The erase that a drive's firmware is busy with, one at a time. By hand, a test decides when it goes on, so that it
 * can look at 40 % for as long as it likes:
 *
 *     drive.erasure.pace = "by hand";
 *     // … `nvme sanitize` in the guest …
 *     drive.erasure.advanceTo(0.4);
 *     drive.erasure.finish();
 */
export class Erasure {
  pace: Pace = { durationMs: 1500 };
  /** What becomes of the next ones. */
  fate: Fate = "succeeds";
  readonly #media: Media;
  #running: Running | null = null;
  #begun = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #handSet = 0;

  constructor(media: Media) {
    this.#media = media;
  }

  /** The name of what is running. */
  get running(): string | null {
    return this.#running?.kind.name ?? null;
  }

  /** From 0 to just under 1. */
  get progress(): number {
    if (!this.#running || this.pace === "by hand") return this.#handSet;
    return Math.min(0.99, (performance.now() - this.#running.beganAtMs) / this.pace.durationMs);
  }

  /** Resolves when an erase is running: at once, or when the guest has asked for one. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** The firmware's side. `ended` is told in the same breath in which it ends, or never, when the power goes. */
  begin(kind: ErasureKind, ended: (outcome: Outcome) => void): void {
    this.#handSet = 0;
    this.#running = { kind, fate: this.fate, beganAtMs: performance.now(), ended };
    this.#begun.resolve();
    this.powerOn();
  }

  /** The same for a command that is answered only when the erase has ended. */
  run(kind: ErasureKind): Promise<Outcome> {
    return new Promise((ended) => this.begin(kind, ended));
  }

  /** From 0 to 1. Only by hand. */
  advanceTo(progress: number): void {
    this.#handSet = progress;
  }

  /** Ends it as its fate wills. A failure has erased the first half. */
  finish(): void {
    const running = this.#stop();
    if (!running) return;
    const { fate, kind, ended } = running;
    if (fate === "succeeds") this.#media.fill(kind.byte ?? 0);
    if (fate === "fails") this.#media.fillRange(0, this.#media.sizeBytes / 2, kind.byte ?? 0);
    ended(fate === "fails" ? "failed" : "completed");
  }

  powerOff(): void {
    if (this.#running?.kind.afterPowerLoss === "is lost") this.#stop();
    clearTimeout(this.#timer);
  }

  powerOn(): void {
    if (!this.#running || this.pace === "by hand") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.finish(), this.pace.durationMs);
  }

  #stop(): Running | null {
    const running = this.#running;
    clearTimeout(this.#timer);
    this.#running = null;
    this.#begun = Promise.withResolvers();
    return running;
  }
}
