import { isOutcome } from "@trofie/contract";
import { withStation } from "./connection.ts";
import { jobText } from "./job-text.ts";

/** `trofie stop JOB`: answered at once; writes in flight still follow. */
export async function stopJob(address: string, id: string, { json }: { json: boolean }): Promise<void> {
  const { job } = await withStation(address, (client) => client.command("job.stop", { job: id }));
  if (json) return console.log(JSON.stringify({ job }));
  console.log(
    isOutcome(job.state) ? jobText(job) : `${jobText(job)}. It ends when its last write has come back`,
  );
}
