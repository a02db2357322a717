import { percentOf, sizeText, type Job, type Progress } from "@trofie/contract";
import { withStation } from "./connection.ts";
import { namesOf } from "./device-names.ts";
import { NewestProgress } from "./newest-progress.ts";
import type { AddCommand, Common } from "./program.ts";
import { tableWidth } from "./screen.ts";
import { formatTable, type Column } from "./table.ts";

const shown = 100;

/** `trofie jobs`: the newest jobs, the newest first, and how far those are that are at work. */
export const addJobs: AddCommand = (parent, common) => {
  parent
    .command("jobs")
    .description("list the newest jobs and how they stand")
    .action(() => showJobs(common()));
};

const nowhere = { bytesDone: 0, bytesTotal: 0 };

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
  const newest = new NewestProgress();
  const { jobs, progress } = await withStation(
    address,
    async (client) => {
      const listed = await client.query("job.list", { limit: shown });
      return { ...listed, progress: await newest.of(listed.jobs) };
    },
    { events: true, listener: newest.listener },
  );
  if (json) return console.log(JSON.stringify({ jobs, progress: [...progress.values()] }));
  if (jobs.length === 0) return console.log("The station has had no jobs.");
  const names = namesOf(jobs);
  const rows = jobs.map((job, i) => row(job, names[i]!, progress.get(job.id)));
  console.log(formatTable(columns, rows, tableWidth()));
}

function row({ id, identity, title, createdAt, state }: Job, name: string, progress?: Progress): string[] {
  const asked = createdAt.slice(0, 16).replace("T", " ");
  return [`${state}${howFar(progress)}`, name, id, asked, sizeText(identity), title];
}

function howFar({ bytesDone, bytesTotal }: Pick<Progress, "bytesDone" | "bytesTotal"> = nowhere): string {
  return bytesTotal === 0 ? "" : ` ${percentOf(bytesDone, bytesTotal)} %`;
}
