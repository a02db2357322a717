import { randomBytes } from "node:crypto";
import type { EraseFindings, EraseWork, JobReport } from "@trofie/contract";
import { linuxDiskHost } from "@trofie/disks";

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
export async function eraseDirectly(
  work: Pick<EraseWork, "path" | "method"> & Partial<EraseWork>,
): Promise<JobReport> {
  const plan = await host.plan({ ...usual, ...work });
  const order = { job: "trial", plan, seedHex: randomBytes(32).toString("hex"), checkpoint: null };
  const job = await host.start(order, () => {});
  job.go();
  const end = await job.ended;
  if (end.how === "reported") return end.report;
  throw new Error(`The job ended without a report (${end.how}): ${end.message}`);
}

export function eraseFindings({ findings, message }: JobReport): EraseFindings {
  if (findings?.kind !== "erase") throw new Error(`The erase has found nothing: ${message}`);
  return findings;
}
