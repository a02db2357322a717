/** Reports: one JSON file per job that has ended, made from the journal alone. */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isOutcome, type Job } from "@trofie/contract";
import type { Jobs } from "./jobs.ts";
import { version } from "./version.ts";

/** How far back a start looks for reports that the last station had no time to write. */
const newestJobs = 1_000;

export class Reports {
  readonly #folder: string;
  readonly #jobs: Jobs;

  constructor(folder: string, jobs: Jobs) {
    this.#folder = folder;
    this.#jobs = jobs;
  }

  /** Writes the report of an ended job, whole or not at all. */
  write(job: Job): void {
    const report = {
      format: "trofie-report-2",
      tool: `trofie ${version}`,
      job,
      plan: this.#jobs.plan(job.id),
      seedHex: this.#jobs.order(job.id).seedHex,
    };
    const path = this.#path(job);
    writeFileSync(`${path}.new`, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  /** Writes what a station that died between a job's end and its report left out. */
  writeMissing(): void {
    for (const job of this.#jobs.newest(newestJobs))
      if (isOutcome(job.state) && !existsSync(this.#path(job))) this.write(job);
  }

  #path(job: Job): string {
    return join(this.#folder, `${job.id}.json`);
  }
}
