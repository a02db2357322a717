/** Reports as files in a folder, one for each job. */
import { closeSync, existsSync, fdatasyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReportShelf } from "./reports.ts";

/**
 * Under its name a report is whole: it is flushed before it gets that, for after a power cut a name may be there whose
 * bytes are not (rename(2) promises no order).
 */
export function reportFolder(folder: string): ReportShelf {
  const pathOf = (job: string): string => join(folder, `${job}.json`);
  return {
    has: (job) => existsSync(pathOf(job)),
    put: (job, report) => {
      const path = pathOf(job);
      const file = openSync(`${path}.new`, "w", 0o600);
      try {
        writeFileSync(file, report);
        fdatasyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(`${path}.new`, path);
    },
  };
}
