import { bytesText, type Job } from "@trofie/contract";
import { withStation } from "./connection.ts";
import { formatTable } from "./table.ts";

const shown = 100;

/** `trofie jobs`: the newest jobs, the newest first. */
export async function showJobs(address: string, { json }: { json: boolean }): Promise<void> {
  const { jobs } = await withStation(address, (client) => client.query("job.list", { limit: shown }));
  if (json) return console.log(JSON.stringify({ jobs }));
  if (jobs.length === 0) return console.log("The station has had no jobs.");
  console.log(formatTable(["STATE", "DEVICE", "SIZE", "METHOD", "ASKED", "JOB"], jobs.map(row)));
}

function row({ id, path, identity, method, createdAt, state }: Job): string[] {
  const asked = createdAt.slice(0, 16).replace("T", " ");
  return [state, path, bytesText(identity.sizeBytes), method, asked, id];
}
