import { sizeText, type Job } from "@trofie/contract";
import { withStation } from "./connection.ts";
import { namesOf } from "./device-names.ts";
import type { AddCommand, Common } from "./program.ts";
import { tableWidth } from "./screen.ts";
import { formatTable, type Column } from "./table.ts";

const shown = 100;

/** `trofie jobs`: the newest jobs, the newest first. */
export const addJobs: AddCommand = (parent, common) => {
  parent
    .command("jobs")
    .description("list the newest jobs and how they stand")
    .action(() => showJobs(common()));
};

/** The job's id is whole on every terminal: `stop` asks for it. */
const columns: readonly Column[] = [
  { title: "STATE" },
  { title: "DEVICE", least: 8 },
  { title: "JOB" },
  { title: "ASKED", isOptional: true },
  { title: "SIZE", isOptional: true },
  { title: "WORK", least: 12, isOptional: true },
];

async function showJobs({ address, json }: Common): Promise<void> {
  const { jobs } = await withStation(address, (client) => client.query("job.list", { limit: shown }));
  if (json) return console.log(JSON.stringify({ jobs }));
  if (jobs.length === 0) return console.log("The station has had no jobs.");
  const names = namesOf(jobs);
  const rows = jobs.map((job, i) => row(job, names[i]!));
  console.log(formatTable(columns, rows, tableWidth()));
}

function row({ id, identity, title, createdAt, state }: Job, name: string): string[] {
  const asked = createdAt.slice(0, 16).replace("T", " ");
  return [state, name, id, asked, sizeText(identity), title];
}
