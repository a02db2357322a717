import { bytesText, type Job } from "@trofie/contract";
import { withStation } from "./connection.ts";
import { namesOf } from "./device-names.ts";
import { tableWidth } from "./screen.ts";
import { formatTable, type Column } from "./table.ts";

const shown = 100;

/** The job's id is whole on every terminal: `stop` asks for it. */
const columns: readonly Column[] = [
  { title: "STATE" },
  { title: "DEVICE", least: 8 },
  { title: "JOB" },
  { title: "ASKED", isOptional: true },
  { title: "SIZE", isOptional: true },
  { title: "METHOD", isOptional: true },
];

/** `trofie jobs`: the newest jobs, the newest first. */
export async function showJobs(address: string, { json }: { json: boolean }): Promise<void> {
  const { jobs } = await withStation(address, (client) => client.query("job.list", { limit: shown }));
  if (json) return console.log(JSON.stringify({ jobs }));
  if (jobs.length === 0) return console.log("The station has had no jobs.");
  const names = namesOf(jobs);
  const rows = jobs.map((job, i) => row(job, names[i]!));
  console.log(formatTable(columns, rows, tableWidth()));
}

function row({ id, identity, method, createdAt, state }: Job, name: string): string[] {
  const asked = createdAt.slice(0, 16).replace("T", " ");
  return [state, name, id, asked, bytesText(identity.sizeBytes), method];
}
