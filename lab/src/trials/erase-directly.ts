import type { EraseFindings, EraseWork, JobReport } from "@trofie/contract";
import { linuxDiskHost } from "@trofie/disks";
import { workDirectly } from "./work-directly.ts";

const host = linuxDiskHost();

const usual = {
  kind: "erase",
  rounds: 1,
  blank: false,
  verify: "last",
  reading: "full",
  stream: "aes-256-ctr",
  discard: false,
} as const;

/** Erases a device by the engine in a job's process, as a station would; there is no station. */
export function eraseDirectly(
  work: Pick<EraseWork, "path" | "method"> & Partial<EraseWork>,
): Promise<JobReport> {
  return workDirectly(host, { ...usual, ...work });
}

export function eraseFindings({ findings, message }: JobReport): EraseFindings {
  if (findings?.kind !== "erase") throw new Error(`The erase has found nothing: ${message}`);
  return findings;
}
