import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Breach } from "./breach.ts";
import type { JobInJournal } from "./journal-copy.ts";

/** Each job that has ended has its report as a file, and there it ended as in the journal. */
export function judgeReports(reportsPath: string, jobs: readonly JobInJournal[]): Breach[] {
  return jobs
    .filter(({ ended }) => ended === 1)
    .flatMap(({ id, job }): Breach[] => {
      const path = join(reportsPath, `${id}.json`);
      if (!existsSync(path)) return [{ kind: "lost", what: `${id} has ended, and has no report` }];
      return jobIn(path) === job ? [] : [{ kind: "corrupt", what: `the report of ${id} is not of its job` }];
    });
}

/** Null when it cannot be read. */
function jobIn(path: string): string | null {
  try {
    return JSON.stringify((JSON.parse(readFileSync(path, "utf8")) as { job: unknown }).job);
  } catch {
    return null;
  }
}
