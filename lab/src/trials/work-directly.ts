import { randomBytes } from "node:crypto";
import type { JobReport, WorkKind } from "@trofie/contract";
import type { DiskHost, WorkOf } from "@trofie/disks";

/** Plans work and has a job's process do it, as a station would; there is no station. */
export async function workDirectly<Kind extends WorkKind>(
  host: DiskHost,
  work: WorkOf<Kind>,
): Promise<JobReport> {
  const plan = await host.plan(work);
  const order = { job: "trial", plan, seedHex: randomBytes(32).toString("hex"), checkpoint: null };
  const job = await host.start(order, () => {});
  job.go();
  const end = await job.ended;
  if (end.how === "reported") return end.report;
  throw new Error(`The job ended without a report (${end.how}): ${end.message}`);
}
