import type { ReportShelf } from "../reports.ts";

/** Reports in memory, by job. */
export class MemoryReports implements ReportShelf {
  readonly reports = new Map<string, string>();

  has(job: string): boolean {
    return this.reports.has(job);
  }

  put(job: string, report: string): void {
    this.reports.set(job, report);
  }
}
