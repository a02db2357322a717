/** Reports: one JSON text per job that has ended, made from the journal alone. */
import { isOutcome, type Job } from "@trofie/contract";
import type { Jobs } from "./jobs.ts";
import { version } from "./version.ts";

/** Where reports are kept. */
export interface ReportShelf {
  has(job: string): boolean;
  /** Whole or not at all. Throws when it cannot. */
  put(job: string, report: string): void;
}

/** How far back a start looks for reports that the last station had no time to write. */
const newestJobs = 1_000;

export class Reports {
  readonly #shelf: ReportShelf;
  readonly #jobs: Jobs;

  constructor(shelf: ReportShelf, jobs: Jobs) {
    this.#shelf = shelf;
    this.#jobs = jobs;
  }

  /** Writes the report of an ended job. */
  write(job: Job): void {
    const report = {
      format: "trofie-report-2",
      tool: `trofie ${version}`,
      job,
      plan: this.#jobs.plan(job.id),
      seedHex: this.#jobs.order(job.id).seedHex,
    };
    this.#shelf.put(job.id, `${JSON.stringify(report, null, 2)}\n`);
  }

  /** What a station that died between a job's end and its report, or had no room for that, left out. */
  missing(): Job[] {
    return this.#jobs.newest(newestJobs).filter(({ id, state }) => isOutcome(state) && !this.#shelf.has(id));
  }
}
