import type { Erasure, Outcome } from "../drives/erasure.ts";
import { aborted, done, type AtaOutcome } from "./ata-command.ts";

/** ACS, Sanitize Device: what stands in the feature register. */
const feature = { status: 0x00, freezeLock: 0x20, antifreezeLock: 0x40 } as const;
const actions: Readonly<Record<number, string>> = {
  0x11: "crypto scramble",
  0x12: "block erase",
  0x14: "overwrite",
};

/** ACS, SANITIZE STATUS EXT: what the status says in the count register. */
const completedBit = 0x8000;
const inProgressBit = 0x4000;
const frozenBit = 0x2000;

/** Why a sanitize command was refused, in the address register. */
const reason = { unsuccessful: 1, invalidFeature: 2, frozen: 3 } as const;

/** The Sanitize Device feature set (ACS). */
export class AtaSanitize {
  readonly #erasure: Erasure;
  #last: Outcome | null = null;
  #isFrozen = false;

  constructor(erasure: Erasure) {
    this.#erasure = erasure;
  }

  get isInProgress(): boolean {
    return this.#erasure.running?.startsWith("sanitize") ?? false;
  }

  /** After one that failed, nothing but another sanitize is obeyed. */
  get hasFailed(): boolean {
    return this.#last === "failed";
  }

  /** The command is answered when it begins; `erased` is told when it has ended, unless it failed. */
  execute(asked: number, pattern: number, erased: () => void): AtaOutcome {
    if (asked === feature.status) return this.#status();
    if (asked === feature.freezeLock) this.#isFrozen = true;
    if (asked === feature.freezeLock || asked === feature.antifreezeLock) return done;
    const action = actions[asked];
    if (!action) return { ended: "aborted", address: reason.invalidFeature };
    if (this.#isFrozen) return { ended: "aborted", address: reason.frozen };
    if (this.isInProgress) return aborted;
    const byte = action === "overwrite" ? pattern & 0xff : 0;
    this.#last = null;
    this.#erasure.begin({ name: `sanitize, ${action}`, byte, afterPowerLoss: "resumes" }, (outcome) => {
      this.#last = outcome;
      if (outcome === "completed") erased();
    });
    return done;
  }

  #status(): AtaOutcome {
    if (this.hasFailed) return { ended: "aborted", address: reason.unsuccessful };
    const completed = this.#last === "completed" ? completedBit : 0;
    const count = (this.isInProgress ? inProgressBit : completed) | (this.#isFrozen ? frozenBit : 0);
    return { ended: "done", count, address: this.isInProgress ? this.#progress : 0xffff };
  }

  get #progress(): number {
    return Math.floor(this.#erasure.progress * 65536);
  }
}
