/**
 * The browsers that were let in, kept in the journal's database so that a page outlives a restart of its station.
 *
 * Only a hash of each browser's secret is kept: who reads the database cannot come in with what stands there.
 */
import { Refusal } from "@trofie/commands";
import type { Clock } from "@trofie/reactor";
import type { Journal } from "./journal.ts";
import type { StoredAdmission } from "./store.ts";

const idleLifeMs = 30 * 60_000;
const absoluteLifeMs = 12 * 60 * 60_000;
const maxAdmissions = 25;

/** That a browser is busy is written down this often at most. */
const noteEveryMs = 60_000;

export class Admissions {
  readonly #journal: Journal;
  readonly #clock: Clock;

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
  }

  /** Lets a browser in; the one that was let in first of too many loses its place. Throws as the journal's `commit`. */
  add(fingerprint: string): void {
    const nowMs = this.#clock.wallMs();
    const before = this.#journal.admissions();
    const number = (before.at(-1)?.number ?? 0) + 1;
    this.#journal.commit(() => {
      this.#journal.putAdmission({ number, fingerprint, openedMs: nowMs, seenMs: nowMs });
      for (const tooMany of before.slice(0, Math.max(0, before.length + 1 - maxAdmissions)))
        this.#journal.dropAdmission(tooMany.number);
    });
  }

  /** True for a browser that was not idle for 30 minutes nor let in more than 12 hours ago. */
  admits(fingerprint: string): boolean {
    const admission = this.#journal.admission(fingerprint);
    if (!admission) return false;
    const { openedMs, seenMs } = admission;
    if (this.#awayMs(seenMs) > idleLifeMs || this.#awayMs(openedMs) > absoluteLifeMs) return false;
    if (this.#awayMs(seenMs) >= noteEveryMs) this.#note(admission);
    return true;
  }

  /** While the disk is full nothing is noted, and a session ends early rather than the station. */
  #note(admission: StoredAdmission): void {
    const seenMs = this.#clock.wallMs();
    try {
      this.#journal.commit(() => this.#journal.putAdmission({ ...admission, seenMs }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /** A clock that was set back by much must not make a session longer: the future is as far away as the past. */
  #awayMs(thenMs: number): number {
    return Math.abs(this.#clock.wallMs() - thenMs);
  }
}
