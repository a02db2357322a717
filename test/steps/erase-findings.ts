import type { EraseFindings, Job, PassReport } from "@trofie/contract";

export function eraseFindings({ report }: Job): EraseFindings {
  const findings = report?.findings;
  if (findings?.kind !== "erase") throw new Error(`no erase was found: ${JSON.stringify(report)}`);
  return findings;
}

export type OverwritePass = Extract<PassReport, { kind: "overwrite" }>;

/** The passes that have written, in the order in which they were carried out. */
export function overwritePasses(job: Job): OverwritePass[] {
  return eraseFindings(job).passes.filter((pass) => pass.kind === "overwrite");
}
