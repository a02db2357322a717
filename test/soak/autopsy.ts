/** Looks at what a dead station has left on its media. */
import { existsSync } from "node:fs";
import { FileOutbox } from "@trofie/commands/file-outbox";
import { asError } from "@trofie/reactor";
import type { Job } from "@trofie/contract";
import { Chain } from "./chain.ts";
import type { Figures } from "./figures.ts";
import { readJournal, type JobInJournal, type JournalRows } from "./journal-copy.ts";
import type { Ledger } from "./ledger.ts";
import { erasedLast, firstDifference, lastFillOf } from "./medium.ts";
import type { Place } from "./place.ts";
import { judgeReports } from "./reports.ts";
import { judgeAtRest, judgeWhatWasTold } from "./verdict.ts";

const atWork: ReadonlySet<string> = new Set(["running", "verifying", "paused", "stopping"]);

export class Autopsy {
  readonly #place: Place;
  readonly #ledger: Ledger;
  readonly #figures: Figures;
  #chain: Chain | null = null;
  #epoch: string | null = null;
  /** The job of which each disk was compared last. */
  readonly #compared = new Map<string, string>();

  constructor(place: Place, ledger: Ledger, figures: Figures) {
    this.#place = place;
    this.#ledger = ledger;
    this.#figures = figures;
  }

  /** Looks at what is new. Returns the number of the newest event. */
  look(): number {
    const since = this.#chain?.seq ?? 0;
    const rows = this.#read(since);
    if (rows === null) return since;
    const { events, jobs } = rows;
    this.#chain ??= new Chain(rows.epoch);
    this.#follow(this.#chain, rows);
    this.#ledger.breaches.push(...judgeWhatWasTold(this.#ledger, rows, since));
    this.#compareDisks(jobs);
    if (jobs.some(({ job }) => atWork.has((JSON.parse(job) as Job).state)))
      this.#figures.saw("station killed with a job at work");
    for (const { type } of events) {
      if (type === "job.paused") this.#figures.saw("job paused");
      if (type === "job.resumed") this.#figures.saw("job went on after it was cut off");
    }
    return this.#chain.seq;
  }

  /** Looks at everything, from the beginning: nothing of what was there at an earlier look may have changed. */
  lookAtAll({ toldSeq, outboxes }: { readonly toldSeq: number; readonly outboxes: readonly string[] }): void {
    const ledger = this.#ledger;
    const rows = this.#read(0);
    if (rows === null) return ledger.broken("lost", "the journal is gone");
    const seenSeq = this.#chain?.seq ?? 0;
    const seenHead = this.#chain?.head;
    this.#follow(new Chain(rows.epoch), rows);
    if (seenSeq > 0 && rows.events[seenSeq - 1]?.hash !== seenHead)
      ledger.broken("corrupt", `event ${seenSeq} is not what it was at an earlier look`);
    ledger.breaches.push(...judgeWhatWasTold(ledger, rows), ...judgeAtRest(ledger, rows, toldSeq));
    ledger.breaches.push(...judgeReports(this.#place.reports, rows.jobs));
    this.#compareDisks(rows.jobs);
    for (const path of outboxes)
      if (existsSync(path) && new FileOutbox(path).load().length > 0)
        ledger.broken("lost", `${path} still has commands to send`);
    this.#count(rows);
  }

  #read(since: number): JournalRows | null {
    try {
      return readJournal(this.#place.state, this.#place.in("copy.sqlite"), since);
    } catch (error) {
      this.#ledger.broken("corrupt", `the journal cannot be read: ${asError(error).message}`);
      return null;
    }
  }

  #follow(chain: Chain, { epoch, events }: JournalRows): void {
    this.#epoch ??= epoch;
    if (epoch !== this.#epoch) this.#ledger.broken("corrupt", `the journal is another one: ${epoch}`);
    const seq = chain.follow(events);
    if (seq !== null)
      this.#ledger.broken("corrupt", `event ${seq} of the journal does not follow from the one before it`);
  }

  /** Each erase that is the last of its disk, once. */
  #compareDisks(jobs: readonly JobInJournal[]): void {
    for (const path of this.#place.disks) {
      const job = erasedLast(jobs, path);
      if (job === null || this.#compared.get(path) === job.id) continue;
      this.#compared.set(path, job.id);
      this.#figures.saw("disk compared byte by byte");
      const offset = firstDifference(path, lastFillOf(job), job.identity.sizeBytes);
      if (offset !== null)
        this.#ledger.broken("corrupt", `${job.id} is erased, and ${path} differs at byte ${offset}`);
    }
  }

  #count({ jobs, events }: JournalRows): void {
    const figures = this.#figures;
    figures.events += events.length;
    for (const { job } of jobs) {
      const { state, report } = JSON.parse(job) as Job;
      if (state === "erased") figures.saw("job erased");
      if (state === "stopped") figures.saw("job stopped");
      const { findings = null } = report ?? {};
      if (
        findings?.kind === "erase" &&
        findings.resumptions.some(({ offset, pass }) => offset > 0 || pass > 0)
      )
        figures.saw("job went on from beyond its start");
    }
  }
}
