/** Telling a job what to do: answered at once; what becomes of it is seen at the job. */
import type { Job } from "@trofie/contract";
import { withStation } from "./connection.ts";
import { jobText } from "./job-text.ts";
import type { Common } from "./program.ts";

/** `afterwards`: what is still to come of it, by the job's answer; null where nothing is. */
export async function commandJob(
  { address, json }: Common,
  method: "job.stop" | "job.pause" | "job.resume",
  id: string,
  afterwards: (job: Job) => string | null,
): Promise<void> {
  const { job } = await withStation(address, (client) => client.command(method, { job: id }));
  if (json) return console.log(JSON.stringify({ job }));
  const more = afterwards(job);
  console.log(more === null ? jobText(job) : `${jobText(job)}. ${more}`);
}
